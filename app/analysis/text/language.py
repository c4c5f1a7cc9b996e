"""Which language a comment is written in: its script, then its small words, then its letters."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from app.analysis.text.boundaries import without_addresses
from app.analysis.text.languages import SUPPORTED, code_of, lowered, profile
from app.analysis.text.tokens import stop_words, written

_Ranks = Callable[[str], list[tuple[str, float]]]
_OTHERS: Final = ("no", "fi", "cs", "hu", "ro", "uk", "bg", "id", "vi")  # told apart, though not supported
_SCRIPTS: Final = {
    "ja": "\u3040-\u30ff\uff66-\uff9f",
    "zh": "\u3400-\u9fff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "th": "\u0e00-\u0e7f",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff",
    "hi": "\u0900-\u097f",
    "ar": "\u0600-\u06ff",
}
_OWN_SCRIPT: Final = {code: re.compile(f"[{letters}]") for code, letters in _SCRIPTS.items()}
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_CYRILLIC_CODES: Final = frozenset({"ru", "uk", "bg"})
_MOST_KEPT: Final = 100_000  # words; what strangers write must not fill the memory
_READ: Final = 600  # characters; more do not make it surer
_SURE_VOTES = 3.0  # small words of one language that need no second opinion
_SCANT_VOTES, _SCANT_CHANCE = 0.5, 0.25  # below both, nothing can be said: "app", "ok", "Wi-Fi"
_HOME = 0.7  # what a supported language has ahead of a neighbour that is not
_HINTED = 3.0  # and the declared one ahead of every other


def identify(text: str, hint: str | None = None) -> str:
    """The ISO 639-1 code of the language of `text`; "und" when nothing can be said.

    `hint` is the language of the form or the one that was declared: it wins unless the text
    clearly speaks another one, and it answers for text without letters.
    """
    declared = code_of(hint)
    sample = without_addresses(text[:_READ])
    if not any(map(str.isalpha, sample)):
        return declared
    own = None if sample.isascii() else _by_script(sample, declared)
    return own or _by_words(sample, declared)


def _by_script(text: str, declared: str) -> str | None:
    """The language that a script belongs to, if the text is written in such a script."""
    letters = sum(map(str.isalpha, text))
    counts = {code: len(script.findall(text)) for code, script in _OWN_SCRIPT.items()}
    if counts["ja"] and (counts["ja"] + counts["zh"]) * 3 >= letters:
        return "ja"
    code = max(counts, key=lambda name: counts[name])
    if counts[code] * 3 < letters:
        return None
    return declared if (code, declared) in {("zh", "ja"), ("ar", "fa"), ("ar", "ur")} else code


def _by_words(text: str, declared: str) -> str:
    votes = _votes(text)
    favourites = sorted(votes.values(), reverse=True)
    if favourites and favourites[0] >= _SURE_VOTES and favourites[0] >= 2 * sum(favourites[1:2]):
        return max(votes, key=lambda code: (votes[code], code))
    cyrillic = bool(_CYRILLIC.search(text))
    chances = {c: chance for c, chance in _identifier()(text) if (c in _CYRILLIC_CODES) is cyrillic}
    if max(chances.values()) < _SCANT_CHANCE and sum(favourites[:1]) < _SCANT_VOTES:
        return declared
    return max(chances, key=lambda c: (_likelihood(chances[c]) + votes[c] + _prior(c, declared), c))


def _likelihood(chance: float) -> float:
    return math.log(max(chance, 1e-6))


def _prior(code: str, declared: str) -> float:
    return _HINTED * (code == declared) + _HOME * (code in SUPPORTED)


def _votes(text: str) -> defaultdict[str, float]:
    """For each language the words that only few languages share, the rarer the heavier."""
    votes: defaultdict[str, float] = defaultdict(float)
    for codes in filter(None, map(_known_speakers().__getitem__, written(text))):
        weight = 1 / len(codes)
        for code in codes:
            votes[code] += weight
    return votes


class _Speakers(dict[str, tuple[str, ...]]):
    """By a word as it is written the languages that have it: kept, as every word of every comment is asked."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = codes = _speakers().get(lowered(word), ())
        return codes


@cache
def _known_speakers() -> _Speakers:
    return _Speakers()


@lru_cache(maxsize=1)
def _speakers() -> Mapping[str, tuple[str, ...]]:
    """Known words, each with the languages that have it."""
    speakers: dict[str, set[str]] = {}
    for code in (*SUPPORTED, *_OTHERS):
        for word in _vocabulary(code):
            speakers.setdefault(word, set()).add(code)
    return {word: tuple(sorted(codes)) for word, codes in speakers.items()}


def _vocabulary(code: str) -> Iterator[str]:
    """Small words and cue words of a language; its stop list without abbreviations and country codes."""
    yield from (word for word in stop_words(code) if len(word) > 2)
    if code in SUPPORTED:
        known = profile(code)
        yield from known.keep | known.subjects | known.determiners | known.coordination | known.subordination
        yield from known.verbs | known.by_word.keys()


@lru_cache(maxsize=1)
def _identifier() -> _Ranks:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loaded when a text is read, 3 MB

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in (*SUPPORTED, *_OTHERS) if code not in _SCRIPTS])
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes  # 28 MB of languages not asked
    ranks: _Ranks = identifier.rank
    return ranks
