"""A table as a file, CSV or workbook: the same columns and numbers, unrounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.reports import workbooks
from app.reports.cells import safe
from app.reports.exports import BOM

KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str | bytes:
    """The table as text or as the bytes of a workbook; `name` is that of its sheet."""
    return workbooks.of_table(name, columns, rows) if kind == "xlsx" else _csv(columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Every cell in quotes, and no text that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()


def _cell(cell: Any) -> str:
    return "" if cell is None else safe(cell) if isinstance(cell, str) else str(cell)
