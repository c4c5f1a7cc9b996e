"""Bring languages the encoder was not trained on within its reach: word by word into English.

The encoder averages over words, so a word-by-word rendering in the wrong order still lands near the right meaning.
Inflections are met by prefixes (`svar*`), compounds by their parts (kundtjänst-telefon), and a word that is not in
the glossary stays as it is: names and loan words are understood anyway.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files

GLOSSED = {"sv": "sv", "da": "da", "no": "da", "nb": "da"}  # language to column; Norwegian reads like Danish
SHORTEST_PART = 4  # letters of a part of a compound
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def gloss(text: str, language: str) -> str:
    """The text as the encoder should see it: unchanged in every language that it knows."""
    column = GLOSSED.get(language)
    if column is None:
        return text
    return _WORD.sub(lambda match: _word(match.group().lower(), column), text)


@lru_cache(maxsize=50_000)
def _word(word: str, column: str) -> str:
    """One word in English; a compound part by part; itself if neither is known."""
    exact, _ = _tables()[column]
    return exact.get(word) or _compound(word, column) or _known(word, column) or word


def _known(word: str, column: str) -> str:
    exact, stems = _tables()[column]
    if word in exact:
        return exact[word]
    return next((stems[word[:size]] for size in range(len(word), 1, -1) if word[:size] in stems), "")


def _compound(word: str, column: str) -> str:
    """Both parts of a compound if both are known: the first cut that makes sense."""
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first, last = _known(word[:cut], column), _known(word[cut:], column)
        if first and last:
            return f"{first} {last}"
    return ""


@cache
def _tables() -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Per language: whole words, and beginnings of words, with their English. The first row wins."""
    text = (files("app.analysis.pain_points") / "glossary.csv").read_text(encoding="utf-8")
    tables: dict[str, tuple[dict[str, str], dict[str, str]]] = {column: ({}, {}) for column in {*GLOSSED.values()}}
    for row in csv.DictReader(text.splitlines(), delimiter=";"):
        for column, (exact, stems) in tables.items():
            for form in row[column].split():
                table = stems if form.endswith("*") else exact
                table.setdefault(form.rstrip("*").lower(), row["english"])
    return tables
