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
from app.analysis.evaluation import measure, probe, stability
from app.analysis.labels import Labelled, labelled
from app.analysis.model import Model
from app.analysis.pain_points import catalogue
from app.analysis.pain_points.encoder import Encoder, Remembering, UseEncoder
from app.analysis.reliability import Bin, names_catalogue, reliability
from app.analysis.text.clean import normalise
from app.analysis.types import Comment, ReadComment
from app.reports.evaluations import Evaluation

CORPUS = Path(__file__).resolve().parent.parent.parent / "tests" / "corpus"
PARALLEL = "parallel.csv"
COMPLAINT = 3  # the score a probe sentence is given: it complains
HELD_BACK = 11  # one comment in so many is added later, to see how many others then move

Progress = Callable[[str, int, int], None]


def evaluate(file: Path | None, progress: Progress | None = None) -> Evaluation:
    """Measure one labelled file or, without one, the project's own corpus."""
    began, encoder = time.monotonic(), Remembering(UseEncoder())
    rows = list(read_rows([file] if file else own_files()))
    comments = [_comment(number, row) for number, row in enumerate(rows)]
    analysis = pipeline.analyse(comments, catalogue.shipped(), encoder, progress=progress)
    seconds, megabytes = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = [labelled(row, file.name if file else "") for row in rows]
    return Evaluation(
        measure(said, _ids(analysis.comments)),
        _stability(comments, analysis, encoder),
        _steadiness(comments, encoder),
        dict(_probes(analysis.model, encoder)),
        seconds,
        megabytes,
        _bins(said, analysis.comments),
    )


def own_files() -> list[Path]:
    """The labelled comments of the project, a file for each language."""
    return sorted(CORPUS.glob("??.csv"))


def read_rows(files: Sequence[Path]) -> Iterator[dict[str, str]]:
    """The rows of labelled files, one after the other."""
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


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


def _comment(number: int, row: dict[str, str]) -> Comment:
    return Comment(str(number), normalise(row["comment"]) or "", score_of(row), row.get("language") or None)


def _ids(comments: Sequence[ReadComment]) -> list[list[str]]:
    return [[mention.pain_point for mention in read.mentions if mention.pain_point] for read in comments]


def _bins(said: Sequence[Labelled], comments: Sequence[ReadComment]) -> list[Bin]:
    """How far confidence can be believed, where people's categories are those of the catalogue."""
    if not names_catalogue(said, frozenset(entry.id for entry in catalogue.shipped())):
        return []
    assigned = [[(one.pain_point, one.confidence) for one in read.mentions if one.pain_point] for read in comments]
    return reliability(said, assigned)


def _stability(comments: Sequence[Comment], whole: pipeline.Analysis, encoder: Encoder) -> float | None:
    """Learned from ten elevenths, and apart from that from all: the share of comments that are the same in both."""
    before = pipeline.analyse(_first(comments), catalogue.shipped(), encoder)
    return stability(_by_id(before.comments), _by_id(whole.comments))


def _steadiness(comments: Sequence[Comment], encoder: Encoder) -> float | None:
    """Learned from ten elevenths first, then further with the rest, as a survey is: the share that did not move."""
    first = _first(comments)
    before = pipeline.analyse(first, catalogue.shipped(), encoder)
    after = pipeline.fit(comments, before.model.entries, encoder, before=before.model)
    return stability(_by_id(before.comments), _by_id(pipeline.read(first, after, encoder)))


def _first(comments: Sequence[Comment]) -> list[Comment]:
    return [comment for number, comment in enumerate(comments) if number % HELD_BACK]


def _by_id(comments: Sequence[ReadComment]) -> dict[Hashable, list[str]]:
    return {read.id: ids for read, ids in zip(comments, _ids(comments), strict=True)}


def _probes(model: Model, encoder: Encoder) -> Iterator[tuple[str, float | None]]:
    """Of parallel sentences, the share in each language that reaches the pain point of the English one."""
    rows = list(read_rows([CORPUS / PARALLEL]))
    read = {
        language: _ids(pipeline.read([_sentence(row, language) for row in rows], model, encoder))
        for language in rows[0]
        if language != "id"
    }
    yield from ((language, probe(read["en"], ids)) for language, ids in read.items() if language != "en")


def _sentence(row: dict[str, Any], language: str) -> Comment:
    return Comment(row["id"], row[language], COMPLAINT, language)
