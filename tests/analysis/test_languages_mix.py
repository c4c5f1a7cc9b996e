"""A pain point is one in all languages: what people say about it in seven languages meets, whoever named it first."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import Remembering, UseEncoder
from app.analysis.pipeline import Analysis, analyse
from app.analysis.types import Comment

CORPUS = Path(__file__).parents[1] / "corpus"
LANGUAGES = ("en", "it", "de", "ru", "sv", "fr", "es")
OFTEN = 14  # mentions from which on a pain point has to be raised in several languages: two of each
LARGEST = 0.5  # of the mentions of a pain point that one language holds at most

# What no catalogue knows: crooked haircuts.
HAIR = {
    "en": ["my haircut is crooked", "the haircut came out too short", "they ruined my hair", "the fringe is uneven"],
    "de": ["mein Haarschnitt ist schief", "der Haarschnitt ist zu kurz geworden", "sie haben meine Haare ruiniert",
           "der Pony ist ungleichmäßig"],
    "it": ["il mio taglio di capelli è storto", "il taglio di capelli è venuto troppo corto",
           "mi hanno rovinato i capelli", "la frangia è irregolare"],
    "fr": ["ma coupe de cheveux est de travers", "la coupe de cheveux est trop courte", "ils ont abîmé mes cheveux",
           "la frange est inégale"],
    "es": ["mi corte de pelo está torcido", "el corte de pelo quedó demasiado corto", "me arruinaron el pelo",
           "el flequillo está desigual"],
    "ru": ["моя стрижка кривая", "стрижка получилась слишком короткой", "мне испортили волосы", "чёлка неровная"],
    "sv": ["min klippning är sned", "klippningen blev för kort", "de förstörde mitt hår", "luggen är ojämn"],
}  # fmt: skip


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """The corpus of all languages, and what a hairdresser would hear besides."""
    return analyse([*corpus(), *hairdresser()], shipped(), Remembering(UseEncoder(processes=1)))


def corpus() -> list[Comment]:
    said = []
    for language in LANGUAGES:
        with (CORPUS / f"{language}.csv").open(encoding="utf-8") as file:
            said += [(row["comment"], int(row["score"]), language) for row in csv.DictReader(file)]
    return [Comment(f"{number}", *one) for number, one in enumerate(said)]


def hairdresser() -> list[Comment]:
    said = [(text, code) for code, texts in HAIR.items() for text in texts] * 5
    return [Comment(f"hair-{number}", text, number % 7, code) for number, (text, code) in enumerate(said)]


def by_language(analysis: Analysis) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for comment in analysis.comments:
        for mention in comment.mentions:
            if mention.pain_point:
                found[mention.pain_point][comment.language] += 1
    return found


def test_every_frequent_pain_point_is_raised_in_many_languages(analysis: Analysis) -> None:
    frequent = {id_: found for id_, found in by_language(analysis).items() if found.total() >= OFTEN}

    assert len(frequent) >= 15
    for id_, found in frequent.items():
        assert len(found) >= 4, (id_, found)
        assert max(found.values()) / found.total() <= LARGEST, (id_, found)


def test_what_nobody_knew_is_found_across_languages(analysis: Analysis) -> None:
    raised = [
        (comment.language, mention.pain_point)
        for comment in analysis.comments
        for mention in comment.mentions
        if comment.id.startswith("hair") and mention.pain_point
    ]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for language, id_ in raised:
        found[id_][language] += 1

    new = {id_: languages for id_, languages in found.items() if id_.startswith("d-")}

    assert sum(languages.total() for languages in new.values()) > 0.9 * len(hairdresser())
    assert {code for languages in new.values() for code in languages} == set(LANGUAGES)
    for id_, languages in new.items():
        assert len(languages) >= 5, id_
        assert max(languages.values()) / languages.total() <= LARGEST, id_
