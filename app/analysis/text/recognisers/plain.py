"""A text in plain letters, so that a recogniser need not know how many ways there are to write a 7."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters that look like nothing
_MINUS = "\u2212"


class Plain(NamedTuple):
    """The letters, and where in the original text each of them stands."""

    text: str
    places: Sequence[int]


def plain(text: str) -> Plain:
    """Digits of every script as 0-9, full-width letters as narrow ones, every dash a hyphen, every blank a space.

    Marks and characters that nobody sees are left out. Line breaks stay. The empty text stays empty.
    """
    if text.isascii():
        return Plain(text.replace("\t", " "), range(len(text)))
    letters = [(shown, place) for place, char in enumerate(text) if (shown := _shown(char))]
    return Plain("".join(shown for shown, _ in letters), [place for _, place in letters])


@lru_cache(maxsize=8192)
def _shown(char: str) -> str:
    """One plain letter, or none."""
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf") or char in _UNSEEN:
        return ""
    if category == "Zs" or char == "\t":
        return " "
    if category == "Pd" or char == _MINUS:
        return "-"
    digit = unicodedata.digit(char, None)
    return _narrow(char) if digit is None else str(digit)


def _narrow(char: str) -> str:
    form = unicodedata.normalize("NFKC", char)
    return form if len(form) == 1 and form.isascii() else char
