"""Dates, which are made of the same digits and dots as the numbers of people."""

from __future__ import annotations

import re

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"(?<!\d)(?<!\d[./-])(?:{_DAY}(?P<a>[./-]){_DAY}(?P=a)(?:(?:19|20)\d\d|\d\d)"
    rf"|(?:19|20)\d\d(?P<b>[./-]){_DAY}(?P=b){_DAY})(?!\d|[./]\d)"
)


def dates(text: str) -> frozenset[int]:
    """The positions that belong to a date in digits."""
    return frozenset(place for match in _DATE.finditer(text) for place in range(*match.span()))
