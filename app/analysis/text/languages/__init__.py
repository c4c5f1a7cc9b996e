"""What the text code knows of each language: one TOML file per language, and this registry.

A new language is a new file here. A language without a file is read with the neutral profile "und".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

NEUTRAL: Final = "und"
SUPPORTED: Final = ("en", "it", "de", "ru", "sv", "fr", "es", "pt", "nl", "pl", "ja", "ar", "da", "tr")
CUE_KINDS: Final = (
    "good",
    "bad",
    "praise",
    "complaint",
    "wish",
    "negator",
    "lesser",
    "chatter",
    "blank",
    "contrast",
    "fixed",
)

_HERE = Path(__file__).parent
_ENGLISH_NAMES = {"jp": "ja", "iw": "he", "in": "id", "nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that says something about stance. A pattern ending in "*" is a prefix."""

    kind: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, so that caches can hold it
class Profile:
    """One language: how its words are cut and stemmed, where its clauses end, what its cues are."""

    code: str
    stemmer: str = ""  # name of the Snowball stemmer, "" if there is none
    suffixes: tuple[str, ...] = ()  # endings to strip where there is no Snowball stemmer
    prefixes: tuple[str, ...] = ()  # particles written onto the next word (Arabic "and", "the")
    elision: bool = False  # l'app is two words
    spaced: bool = True  # False: words are written without spaces
    keep: frozenset[str] = frozenset()  # stop words that carry meaning here
    stop: frozenset[str] = frozenset()  # words without meaning that the stop list lacks
    abbreviations: frozenset[str] = frozenset()  # "e.g" without its last full stop
    ordinals: bool = False  # "3." is "third"
    capitals: frozenset[str] = frozenset()  # small words that may be capitalised inside a sentence
    particles: frozenset[str] = frozenset()  # contrast words that may also stand inside a clause
    closers: tuple[str, ...] = ()  # endings after which a contrast begins (Japanese)
    coordination: frozenset[str] = frozenset()  # and
    subordination: frozenset[str] = frozenset()  # if, when, that: no full clause on its own
    subjects: frozenset[str] = frozenset()  # pronouns that open a full clause
    determiners: frozenset[str] = frozenset()  # words that open a noun phrase
    verbs: frozenset[str] = frozenset()
    verb_endings: tuple[str, ...] = ()
    not_verbs: frozenset[str] = frozenset()  # words with such an ending that are no verbs
    before: int = 3  # how far a negator reaches forward, in words (characters if not spaced)
    after: int = 0  # and backward
    blank: frozenset[str] = frozenset()  # words of empty talk
    cues: tuple[Cue, ...] = ()
    by_word: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)  # cues by whole first word
    by_prefix: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)  # cues by first prefix


def code_of(tag: str | None) -> str:
    """The ISO 639-1 code of a language tag: "de-AT" and "DE_at" give "de"; nothing gives "und"."""
    primary = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return _ENGLISH_NAMES.get(primary, primary) or NEUTRAL


def profile(language: str | None) -> Profile:
    """The profile of a language tag; the neutral one for every language without a file."""
    code = code_of(language)
    return _load(code if code in SUPPORTED else NEUTRAL)


@cache
def _load(code: str) -> Profile:
    raw = tomllib.loads((_HERE / f"{code}.toml").read_text(encoding="utf-8"))
    cues = tuple(_cues(raw.pop("cues", {})))
    values: dict[str, Any] = {name: _value(name, value) for name, value in raw.items()}
    return Profile(code=code, cues=cues, by_word=_index(cues, False), by_prefix=_index(cues, True), **values)


def _cues(table: Mapping[str, Iterable[str]]) -> Iterable[Cue]:
    for kind, phrases in table.items():
        if kind not in CUE_KINDS:
            raise ValueError(f"unknown kind of cue: {kind}")
        yield from (Cue(kind, tuple(phrase.split())) for phrase in _listed(phrases))


def _listed(value: str | Iterable[str]) -> list[str]:
    """A list, or a text with one phrase between commas."""
    if isinstance(value, str):
        return [part for part in (" ".join(piece.split()) for piece in value.split(",")) if part]
    return list(value)


_ORDERED = {"suffixes", "prefixes", "closers", "verb_endings"}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, bool | int) or name == "stemmer":
        return value
    listed = _listed(value)
    return tuple(sorted(listed, key=len, reverse=True)) if name in _ORDERED else frozenset(listed)


def _index(cues: Iterable[Cue], prefixed: bool) -> Mapping[str, tuple[Cue, ...]]:
    index: dict[str, list[Cue]] = {}
    for cue in cues:
        if cue.patterns[0].endswith("*") is prefixed:
            index.setdefault(cue.patterns[0].rstrip("*"), []).append(cue)
    return MappingProxyType({first: tuple(found) for first, found in index.items()})
