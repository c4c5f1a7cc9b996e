"""A table as a file, CSV or workbook: the same columns and numbers, unrounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.reports import cells, workbooks

KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def write(kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str | bytes:
    """The table as text or as the bytes of a workbook; `name` is that of its sheet."""
    return workbooks.of_table(name, columns, rows) if kind == "xlsx" else cells.as_csv(columns, rows)
