"""Reads a table that was taken along, as a spreadsheet would."""

from __future__ import annotations

import csv
import io

import openpyxl
from werkzeug.test import TestResponse


def read_table(answer: TestResponse, kind: str) -> list[dict[str, str]]:
    """Its rows by the names of the columns; a cell that would be calculated is a failure."""
    assert answer.status_code == 200, answer.text[:400]
    assert answer.headers["Content-Disposition"].endswith(f".{kind}")
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    header, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return [
        {str(name): "" if value is None else str(value) for name, value in zip(header, row, strict=True)}
        for row in rows
    ]
