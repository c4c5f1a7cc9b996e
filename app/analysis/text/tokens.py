"""From a text to its words, and to the stems of its content words, with their places."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from app.analysis.text.languages import Profile, code_of, lowered, profile

# Scripts that put no spaces between words: Thai, kana, Chinese characters.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u3005\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
)
# Marks that Python's \w leaves out but that are part of a word: accents, vowel signs.
_MARK = "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f]"
_LETTER = rf"[^\W_{_UNSPACED}]"
_SPACED = rf"{_LETTER}+(?:{_MARK}+{_LETTER}*)*"
_JOINT = "['’‘ʼ´`\ufffd\\-]"
_WORD = re.compile(rf"[{_UNSPACED}]+|{_SPACED}(?:{_JOINT}{_SPACED})*")
_PLAIN_WORD = re.compile(r"[^\W_]+(?:['`\-][^\W_]+)*")
_RUN = re.compile(rf"[{_UNSPACED}]+")
_HIRAGANA = re.compile("[\u3041-\u309f\u30fc]+")
_ELIDED = re.compile(rf"\w{{1,7}}{_JOINT}(?<!-)(?=\w)")
_NOT_NEEDED = ("scipy.stats", "sklearn")  # what NLTK takes from SciPy
_LONGEST_STEMMED = 40  # characters; nothing longer is a word of a language


class Token(NamedTuple):
    """A word in its place: `text` as written, code points `start` to `end` (exclusive)."""

    text: str
    start: int
    end: int
    stem: str = ""


KEPT = 4096  # texts whose words are kept: the steps of a portion of comments ask for the same ones
_token = tuple.__new__  # a third of the time of Token(...), for every word of every comment


def words(text: str, language: str) -> list[Token]:
    """Every word of `text` in order; scripts without spaces give one token a run. Empty text: []."""
    return list(_words(text, profile(language).elision))


def written(text: str) -> list[str]:
    """Every word of `text` without its place, nothing elided. Empty text: []."""
    found: list[str] = _pattern(text).findall(text)
    return found


def stems(text: str, language: str) -> list[Token]:
    """The content words of `text` with their stems: stop words left out, "not" and "wait" kept.

    Runs of Japanese, Chinese or Thai give overlapping character pairs. Empty text: [].
    """
    return list(_stems(text, language))


def plain(word: str) -> str:
    """The form in which words are looked up: lower case, straight apostrophes."""
    return word.lower() if word.isascii() else lowered(word)


@lru_cache(maxsize=200_000)
def is_stop(word: str, language: str) -> bool:
    """Whether a word carries no meaning of its own."""
    known, spoken = profile(language), plain(word)
    if spoken in known.keep or _RUN.match(spoken):
        return False
    return len(spoken) == 1 or spoken in known.stop or spoken in stop_words(code_of(language))


@cache
def stop_words(code: str) -> frozenset[str]:
    """The stop words of a language; empty for a language without a list."""
    import stopwordsiso  # read only when a text is read

    return frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()


@lru_cache(maxsize=KEPT)
def _stems(text: str, language: str) -> tuple[Token, ...]:
    found: list[Token] = []
    for token in words(text, language):
        if _RUN.match(token.text):
            found.extend(_pairs(token))
        elif stem := _content_stem(token.text, language):
            found.append(_token(Token, (token.text, token.start, token.end, stem)))
    return tuple(found)


@lru_cache(maxsize=KEPT)
def _words(text: str, elision: bool) -> tuple[Token, ...]:
    found = [_token(Token, (match[0], *match.span(), "")) for match in _pattern(text).finditer(text)]
    return tuple(part for token in found for part in _unelided(token)) if elision else tuple(found)


def _pattern(text: str) -> re.Pattern[str]:
    return _PLAIN_WORD if text.isascii() else _WORD


def _unelided(token: Token) -> Iterator[Token]:
    """l'app → l' + app."""
    at = 0
    while match := _ELIDED.match(token.text, at):
        yield Token(match.group(), token.start + at, token.start + match.end())
        at = match.end()
    yield Token(token.text[at:], token.start + at, token.end)


def _pairs(token: Token) -> Iterator[Token]:
    """Overlapping pairs of characters, without the pairs that are grammar only."""
    if len(token.text) == 1:
        yield token._replace(stem=token.text)
    for i in range(len(token.text) - 1):
        pair = token.text[i : i + 2]
        if not _HIRAGANA.fullmatch(pair):
            yield Token(pair, token.start + i, token.start + i + 2, pair)


@lru_cache(maxsize=200_000)
def _content_stem(word: str, language: str) -> str:
    """The stem of a word, "" for a stop word."""
    return "" if is_stop(word, language) else _stem(plain(word), profile(language))


def _stem(word: str, known: Profile) -> str:
    """The stem of one lower-case word; the word itself where the language has no stemmer."""
    if len(word) > _LONGEST_STEMMED:
        return word
    if known.stemmer:
        return _snowball(known.stemmer)(word) or word
    for suffix in known.suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def load_stemmers() -> None:
    """Load NLTK's stemmers without SciPy, which it takes where it can: a hundred megabytes and a second less.

    Only for a process without other threads: one that asked for SciPy meanwhile would not find it.
    """
    modules: dict[str, Any] = sys.modules
    absent = [name for name in _NOT_NEEDED if name not in modules]
    modules.update(dict.fromkeys(absent))  # None marks a module that is not there
    import nltk.stem.snowball  # noqa: F401

    for name in absent:
        del modules[name]


@cache
def _snowball(name: str) -> Callable[[str], str]:
    from nltk.stem.snowball import SnowballStemmer  # takes two seconds to import

    stem: Callable[[str], str] = SnowballStemmer(name).stem
    return stem
