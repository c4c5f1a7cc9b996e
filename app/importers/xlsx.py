"""Workbooks: the first sheet that holds something, values only, and never more than a machine can bear."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import openpyxl

from app.importers.rows import MOST_COLUMNS, Record, UnreadableFileError, storable

MEGABYTE = 1_000_000
LARGEST_PART = 400 * MEGABYTE  # unpacked; a sheet is read piece by piece
LARGEST_WORDS = 100 * MEGABYTE  # unpacked; the shared texts are held in memory
HIGHEST_RATIO = 400  # of unpacked to packed; what spreadsheets write stays below 100
SMALL = MEGABYTE  # a part that is not worth a look at its ratio
MOST_PARTS = 2_000
MOST_ROWS = 1_048_576  # what a sheet can have; a row may claim to stand below
NO_WORKBOOK = (
    "This is no workbook that can be read: save it anew as .xlsx or as CSV. An archive has to be unpacked first."
)


def records(path: Path) -> Iterator[Record]:
    """Every row that holds something, the names of the columns first."""
    _refuse_bombs(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that are none of our business
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # whatever a broken archive, a broken document or a missing part ends in
            raise UnreadableFileError(NO_WORKBOOK) from error
    try:
        yield from _sheet(book)
    finally:
        book.close()


def _refuse_bombs(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            doctyped = any(_has_doctype(archive, part) for part in parts if part.filename.endswith((".xml", ".rels")))
    except Exception as error:  # what a damaged archive raises is named nowhere
        raise UnreadableFileError(NO_WORKBOOK) from error
    if doctyped or len(parts) > MOST_PARTS or any(_is_too_large(part) for part in parts):
        raise UnreadableFileError("This workbook is too large to be read: save its sheet as CSV.")


def _has_doctype(archive: ZipFile, part: ZipInfo) -> bool:
    with archive.open(part) as file:
        return b"<!DOCTYPE" in file.read(4_096)


def _is_too_large(part: ZipInfo) -> bool:
    most = LARGEST_WORDS if part.filename.lower().endswith("sharedstrings.xml") else LARGEST_PART
    ratio = part.file_size / max(1, part.compress_size)
    return part.file_size > most or (part.file_size > SMALL and ratio > HIGHEST_RATIO)


def _sheet(book: Any) -> Iterator[Record]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size need not be so
        found = False
        for record in _rows(sheet):
            found = True
            yield record
        if found:
            return
    raise UnreadableFileError("There is no row in this workbook.")


def _rows(sheet: Any) -> Iterator[Record]:
    rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS)  # each as wide as its last cell
    width = 0  # of the first line; a workbook ends a row with its last value, other files fill it up
    for line, values in enumerate(_read(rows), start=1):
        cells = [_text(value) for value in values[: MOST_COLUMNS + 1]]  # the first too many is refused
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            width = width or len(cells)
            yield Record(line, cells + [""] * (width - len(cells)))


def _read(rows: Iterator[Any]) -> Iterator[Any]:
    """The rows as the library reads them; whatever it raises over a damaged part is one refusal."""
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except Exception as error:
            raise UnreadableFileError(NO_WORKBOOK) from error
        yield values


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper()):
        return ""  # nothing, or what a formula says that went wrong
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return storable(str(value))
