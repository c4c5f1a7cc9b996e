"""How good the engine is: its answers for labelled comments, measured. What `flask evaluate` prints."""

from __future__ import annotations

import csv
import json
import resource
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.analysis import pipeline
from app.analysis.evaluation import Quality, measure, probe, stability
from app.analysis.labels import labelled
from app.analysis.pain_points import catalogue
from app.analysis.pain_points.encoder import Encoder, UseEncoder
from app.analysis.text.clean import normalise
from app.analysis.types import Comment, ReadComment

CORPUS = Path(__file__).resolve().parent.parent.parent / "tests" / "corpus"
PARALLEL = "parallel.csv"
COMPLAINT = 3  # the score a probe sentence is given: it complains
HELD_BACK = 11  # one comment in so many is added later, to see how many others then move

Progress = Callable[[str, int, int], None]


def table(file: Path | None, progress: Progress | None = None) -> str:
    """The measures of one labelled file or, without one, of the project's own corpus, a line each."""
    began, encoder = time.monotonic(), UseEncoder()
    rows = list(_rows([file] if file else sorted(CORPUS.glob("??.csv"))))
    comments = [_comment(number, row) for number, row in enumerate(rows)]
    analysis = pipeline.analyse(comments, catalogue.shipped(), encoder, progress=progress)
    figures = _figures(measure([labelled(row, file.name if file else "") for row in rows], _ids(analysis.comments)))
    figures["seconds"] = time.monotonic() - began
    figures["stability"] = _stability(comments, analysis, encoder)
    if file is None:
        figures |= {f"probe {language}": share for language, share in _probes(analysis.model, encoder)}
    figures["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return "\n".join(f"{name:<16}{_shown(value)}" for name, value in figures.items())


def score_of(row: dict[str, str]) -> int:
    """The row's own score or, where it has none, one that fits its labels."""
    if "score" in row:
        return int(row["score"])
    if "spans" in row:
        return 3 if json.loads(row["spans"]) else 9
    polarities = {polarity for _, polarity in json.loads(row["aspects"])}
    if "negative" in polarities:
        return 7 if "positive" in polarities else 3
    return 10 if "positive" in polarities else 8


def _rows(files: Sequence[Path]) -> Iterator[dict[str, str]]:
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _comment(number: int, row: dict[str, str]) -> Comment:
    return Comment(str(number), normalise(row["comment"]) or "", score_of(row), row.get("language") or None)


def _ids(comments: Sequence[ReadComment]) -> list[list[str]]:
    return [[mention.pain_point for mention in read.mentions if mention.pain_point] for read in comments]


def _figures(quality: Quality) -> dict[str, Any]:
    return {
        "F1": quality.f1,
        "mF1": quality.many_f1,
        "NMI": quality.nmi,
        "rho": quality.rho,
        "lost": quality.lost,
        "leak": quality.leak,
        "lang": quality.language_nmi,
        "pain points": quality.pain_points,
        "categories": quality.categories,
        "comments": quality.comments,
    }


def _stability(comments: Sequence[Comment], whole: pipeline.Analysis, encoder: Encoder) -> float | None:
    """Learned from ten elevenths first, then from all: the share of comments that did not move."""
    first = [comment for number, comment in enumerate(comments) if number % HELD_BACK]
    before = pipeline.analyse(first, catalogue.shipped(), encoder)
    return stability(_by_id(before.comments), _by_id(whole.comments))


def _by_id(comments: Sequence[ReadComment]) -> dict[Hashable, list[str]]:
    return {read.id: ids for read, ids in zip(comments, _ids(comments), strict=True)}


def _probes(model: Any, encoder: Encoder) -> Iterator[tuple[str, float | None]]:
    """Of parallel sentences, the share in each language that reaches the pain point of the English one."""
    rows = list(_rows([CORPUS / PARALLEL]))
    read = {
        language: _ids(pipeline.read([_sentence(row, language) for row in rows], model, encoder))
        for language in rows[0]
        if language != "id"
    }
    yield from ((language, probe(read["en"], ids)) for language, ids in read.items() if language != "en")


def _sentence(row: dict[str, str], language: str) -> Comment:
    return Comment(row["id"], row[language], COMPLAINT, language)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
