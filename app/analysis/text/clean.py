"""What is stored of a comment's text, and whether it says anything."""

from __future__ import annotations

import re
from functools import lru_cache

from app.analysis.text import cues
from app.analysis.text.languages import SUPPORTED, profile
from app.analysis.text.tokens import Token, is_stop, words

_CONTROLS = {code: None for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)
_SUBJECTLESS = frozenset({"good", "bad", "doubt", "negator", "absence", "contrast"})
_LONGEST_EMPTY = 5  # words; longer talk is taken to say something


def normalise(text: str) -> str | None:
    """The text as it is stored: LF line ends, no control characters, no lone surrogates.

    Nothing else is changed or trimmed. None if only white space or invisible characters are left.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    clean = _SURROGATE.sub("\ufffd", lines)
    return None if _INVISIBLE.fullmatch(clean) else clean


def has_content(text: str, language: str) -> bool:
    """Whether `text` names anything that could be a subject.

    False for empty talk ("ok", "n/a", "nothing"), for signs and emoji, and for a bare judgement
    ("good", "very bad") that does not say of what. The empty text has no content.
    """
    spoken = [token.text.lower() for token in words(text, language)]
    if not any(char.isalpha() for word in spoken for char in word):
        return False
    if len(spoken) <= _LONGEST_EMPTY and all(word in _empty_words() for word in spoken):
        return False
    judged = (hit for hit in cues.find(text, language) if hit.kind in _SUBJECTLESS)
    bare = {place for hit in judged for place in range(hit.start, hit.end)}
    return any(_names(token, bare, language) for token in words(text, language))


def _names(token: Token, bare: set[int], language: str) -> bool:
    """Whether a word is content and no part of a mere judgement."""
    return not (token.text.isdigit() or token.start in bare or is_stop(token.text, language))


@lru_cache(maxsize=1)
def _empty_words() -> frozenset[str]:
    """Words of empty talk in every language: the hint of a short comment is often wrong."""
    return frozenset().union(*(profile(code).blank for code in (*SUPPORTED, "und")))
