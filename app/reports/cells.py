"""Exported tables as CSV: numbers as they are, and no text that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # without it, spreadsheets read UTF-8 as something else
STARTS_FORMULAS = frozenset("=+-@\t\r\n\0'")


def safe(text: str) -> str:
    """The text, with a leading ' where a spreadsheet would calculate it or hide what it is.

    Looked at is the first character that is not a space, full-width forms included. A text that begins with ' gets
    another one, so that removing one ' always gives back what was stored.
    """
    first = text.lstrip(" \u00a0\u3000")[:1]
    return f"'{text}" if unicodedata.normalize("NFKC", first)[:1] in STARTS_FORMULAS else text


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole table under the names of its columns; cells empty where there is None."""
    return "".join([BOM, line(columns), *map(line, rows)])


def line(cells: Sequence[object]) -> str:
    """One line with its line end, every cell in quotes."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([_text(cell) for cell in cells])
    return out.getvalue()


def _text(cell: object) -> str:
    """Text is made safe; a number stays one, its minus included."""
    return safe(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
