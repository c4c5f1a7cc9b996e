"""From a text to its words, and to the stems of its content words, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from app.analysis.text.languages import Profile, code_of, lowered, profile

# Marks that Python's \w leaves out but that are part of a word: accents, vowel signs.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_UNSPACED = "\u0e00-\u0e7f\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_WORD = re.compile(
    rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+(?:['’‘ʼ\-](?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+)*"
)
_RUN = re.compile(rf"[{_UNSPACED}]+")
_HIRAGANA = re.compile(r"[\u3040-\u309f\u30fc]+")
_ELIDED = re.compile(r"^(\w{1,7}['’‘ʼ])(?=\w)")
_LONGEST_STEMMED = 40  # characters; nothing longer is a word of a language


class Token(NamedTuple):
    """A word in its place: `text` as written, code points `start` to `end` (exclusive)."""

    text: str
    start: int
    end: int
    stem: str = ""


def words(text: str, language: str) -> list[Token]:
    """Every word of `text` in order; scripts without spaces give one token a run. Empty text: []."""
    elision = profile(language).elision
    found: list[Token] = []
    for match in _WORD.finditer(text):
        token = Token(match.group(), match.start(), match.end())
        found.extend(_unelided(token) if elision else (token,))
    return found


def stems(text: str, language: str) -> list[Token]:
    """The content words of `text` with their stems: stop words left out, "not" and "wait" kept.

    Runs of Japanese, Chinese or Thai give overlapping character pairs. Empty text: [].
    """
    found: list[Token] = []
    for token in words(text, language):
        if _RUN.match(token.text):
            found.extend(_pairs(token))
        elif stem := _content_stem(token.text, language):
            found.append(token._replace(stem=stem))
    return found


def _unelided(token: Token) -> Iterator[Token]:
    """l'app → l' + app."""
    match = _ELIDED.match(token.text)
    if not match:
        yield token
        return
    cut = match.end()
    yield Token(token.text[:cut], token.start, token.start + cut)
    yield from _unelided(Token(token.text[cut:], token.start + cut, token.end))


def _pairs(token: Token) -> Iterator[Token]:
    """Overlapping pairs of characters, without the pairs that are grammar only."""
    if len(token.text) == 1:
        yield token._replace(stem=token.text)
    for i in range(len(token.text) - 1):
        pair = token.text[i : i + 2]
        if not _HIRAGANA.fullmatch(pair):
            yield Token(pair, token.start + i, token.start + i + 2, pair)


def plain(word: str) -> str:
    """The form in which words are compared: lower case, straight apostrophes."""
    return lowered(word)


@lru_cache(maxsize=200_000)
def is_stop(word: str, language: str) -> bool:
    """Whether a word carries no meaning of its own."""
    known, spoken = profile(language), plain(word)
    if spoken in known.keep or _RUN.match(spoken):
        return False
    return len(spoken) == 1 or spoken in known.stop or spoken in stop_words(code_of(language))


@lru_cache(maxsize=200_000)
def _content_stem(word: str, language: str) -> str:
    """The stem of a word, "" for a stop word."""
    return "" if is_stop(word, language) else stem_of(plain(word), profile(language))


def stem_of(word: str, known: Profile) -> str:
    """The stem of one lower-case word; the word itself where the language has no stemmer."""
    if len(word) > _LONGEST_STEMMED:
        return word
    if known.stemmer:
        return _snowball(known.stemmer)(word) or word
    for suffix in known.suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


@cache
def _snowball(name: str) -> Callable[[str], str]:
    from nltk.stem.snowball import SnowballStemmer

    stem: Callable[[str], str] = SnowballStemmer(name).stem
    return stem


@cache
def stop_words(code: str) -> frozenset[str]:
    """The stop words of a language; empty for a language without a list."""
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()
