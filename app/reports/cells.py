"""Text in the cells of exported tables, where a spreadsheet must not take it for a formula."""

from __future__ import annotations

import unicodedata

STARTS_FORMULAS = frozenset("=+-@\t\r\n\0'")


def safe(text: str) -> str:
    """The text, with a leading ' where a spreadsheet would calculate it or hide what it is.

    Looked at is the first character that is not a space, full-width forms included. A text that begins with ' gets
    another one, so that removing one ' always gives back what was stored.
    """
    first = text.lstrip(" \u00a0\u3000")[:1]
    return f"'{text}" if unicodedata.normalize("NFKC", first)[:1] in STARTS_FORMULAS and first else text
