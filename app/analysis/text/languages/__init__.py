"""What the text code knows of each language: one TOML file per language, and this registry.

A new language is a new file here and its code in `SUPPORTED`. Any other language is read with the
neutral profile "und": sentences are still cut and the score still speaks, but no word is a cue.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

NEUTRAL: Final = "und"
SUPPORTED: Final = ("en", "it", "de", "ru", "sv", "fr", "es", "pt", "nl", "pl", "ja", "ar", "da", "tr")
JUDGING: Final = frozenset({"good", "bad", "praise", "complaint", "plus", "minus", "doubt", "wish", "hope"})
NEGATING: Final = frozenset({"negator", "absence"})
CUE_KINDS: Final = JUDGING | NEGATING | {"chatter", "contrast", "fixed"}

_HERE = Path(__file__).parent
_OLD_CODES = {"jp": "ja", "iw": "he", "in": "id", "nb": "no", "nn": "no"}
_STEMMERS_ALONE = {"no": "norwegian", "fi": "finnish", "hu": "hungarian", "ro": "romanian"}
_STRAIGHT = str.maketrans(dict.fromkeys("’‘ʼ´`\ufffd", "'") | {"İ": "i"})  # the last is what bad imports make of them
_LETTERS = str.maketrans({"ñ": "ny", "ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
_ARABIC = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None})
_ORDERED = frozenset({"suffixes", "prefixes", "closers", "definite", "verb_endings"})

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that speaks for a stance: "crash*" is a prefix, "*fehler" an ending."""

    kind: str
    patterns: tuple[str, ...]


CueIndex = Mapping[str, tuple[Cue, ...]]


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, so that caches can hold it
class Profile:
    """One language: how its words are cut and stemmed, where its clauses end, what its cues are."""

    code: str
    fold: Fold  # the form in which words are compared with cues
    by_word: CueIndex  # cues by their whole first word, by its prefix and by its ending
    by_prefix: CueIndex
    by_ending: CueIndex
    negating: frozenset[str]  # the words that negate
    stemmer: str = ""  # name of the Snowball stemmer, "" if there is none
    suffixes: tuple[str, ...] = ()  # endings to strip where there is no stemmer, longest first
    prefixes: tuple[str, ...] = ()  # particles written onto the next word (Arabic "and", "the")
    elision: bool = False  # l'app is two words
    spaced: bool = True  # False: words are written without spaces between them
    umlauts: bool = False  # ä and a are different letters
    keep: frozenset[str] = frozenset()  # stop words that carry meaning here
    stop: frozenset[str] = frozenset()  # words without meaning that the stop list lacks
    blank: frozenset[str] = frozenset()  # words of empty talk
    abbreviations: frozenset[str] = frozenset()  # "e.g" without its last full stop
    ordinals: bool = False  # "3." is "third"
    capitals: frozenset[str] = frozenset()  # small words that are capitalised inside a sentence
    particles: frozenset[str] = frozenset()  # contrast words that also stand inside a clause
    closers: tuple[str, ...] = ()  # endings after which a comma starts a clause (Japanese)
    coordination: frozenset[str] = frozenset()  # and
    alternatives: frozenset[str] = frozenset()  # or
    subordination: frozenset[str] = frozenset()  # if, when, that: what follows is no full clause
    subjects: frozenset[str] = frozenset()  # pronouns that open a full clause
    determiners: frozenset[str] = frozenset()  # words that open a noun phrase
    definite: tuple[str, ...] = ()  # endings of nouns that carry their article (Swedish -en)
    verbs: frozenset[str] = frozenset()  # finite verbs
    verb_endings: tuple[str, ...] = ()
    not_verbs: frozenset[str] = frozenset()  # words with such an ending that are no verbs
    before: int = 3  # how far a negator reaches forward, in words (in characters if not spaced)
    after: int = 0  # and backward
    verb_final: bool = False  # a negator that follows also turns what complains


def code_of(tag: str | None) -> str:
    """The ISO 639-1 code of a language tag: "de-AT" and "DE_at" give "de"; nothing gives "und"."""
    primary = (tag or "").replace("_", "-").split("-")[0].strip().lower()
    return _OLD_CODES.get(primary, primary) or NEUTRAL


@lru_cache(maxsize=1024)
def profile(language: str | None) -> Profile:
    """The profile of a language tag; the neutral one for every language without a file."""
    code = code_of(language)
    return _load(code) if code in SUPPORTED else _load(NEUTRAL, _STEMMERS_ALONE.get(code, ""))


def folded(word: str) -> str:
    """Lower case without accents: "Esté" and "ESTE" agree, and so do the forms of an Arabic letter."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", lowered(word).translate(_LETTERS).translate(_ARABIC))
    return "".join(char for char in letters if not unicodedata.combining(char))


def lowered(word: str) -> str:
    """Lower case with straight apostrophes."""
    return word.translate(_STRAIGHT).lower()


@cache
def _load(code: str, stemmer: str = "") -> Profile:
    raw = tomllib.loads((_HERE / f"{code}.toml").read_text(encoding="utf-8"))
    fold = folded if raw.get("spaced", True) and not raw.get("umlauts", False) else lowered
    cues = list(_cues(raw.pop("cues", {}), fold))
    values: dict[str, Any] = {name: _value(name, value) for name, value in raw.items()}
    return Profile(
        **{"stemmer": stemmer} | values,
        code=code,
        fold=fold,
        by_word=_index(cue for cue in cues if "*" not in cue.patterns[0]),
        by_prefix=_index(cue for cue in cues if cue.patterns[0].endswith("*")),
        negating=frozenset(c.patterns[0] for c in cues if c.kind in NEGATING and len(c.patterns) == 1),
        by_ending=_index(cue for cue in cues if cue.patterns[0].startswith("*")),
    )


def _cues(table: Mapping[str, str], fold: Fold) -> Iterator[Cue]:
    for kind, text in table.items():
        if kind not in CUE_KINDS:
            raise ValueError(f"unknown kind of cue: {kind}")
        for phrase in listed(text):
            yield Cue(kind, tuple(map(fold, phrase.split())))


def listed(text: str) -> list[str]:
    """The phrases of a text that has commas between them."""
    return [phrase for phrase in (" ".join(piece.split()) for piece in text.split(",")) if phrase]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, bool | int) or name == "stemmer":
        return value
    phrases = listed(value)
    return tuple(sorted(phrases, key=len, reverse=True)) if name in _ORDERED else frozenset(phrases)


def _index(cues: Iterable[Cue]) -> CueIndex:
    """Cues by their first word, without its star."""
    index: dict[str, list[Cue]] = {}
    for cue in cues:
        index.setdefault(cue.patterns[0].strip("*"), []).append(cue)
    return {first: tuple(found) for first, found in index.items()}
