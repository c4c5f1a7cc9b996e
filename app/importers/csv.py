"""Comma-separated files: UTF-8 with or without BOM, comma, semicolon or tab, quoted as spreadsheets do it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from app.importers.rows import Record, UnreadableFileError, storable

SAMPLE = 65_536
LONGEST_FIELD = 1_000_000


def records(path: Path) -> Iterator[Record]:
    """Every record in order, the names of the columns first. One that cannot be read has a fault, and it goes on."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(file), strict=False)
        yield Record(1, [storable(name) for name in _first(reader)])
        yield from _rest(reader)


def _delimiter(file: TextIO) -> str:
    first = file.readline(SAMPLE)
    file.seek(0)
    return max(",;\t", key=first.count)


def _first(reader: Any) -> list[str]:
    try:
        names: list[str] = next(reader, [])
    except csv.Error as error:
        raise UnreadableFileError(f"The first line cannot be read as CSV ({error}).") from error
    if any(_is_not_text(name) for name in names):
        raise UnreadableFileError("The first line is not UTF-8 text: save the file as UTF-8.")
    return names


def _rest(reader: Any) -> Iterator[Record]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, fault=f"it cannot be read as CSV ({error})")
            continue
        if any(cell.strip() for cell in cells):
            yield _record(line, cells)


def _record(line: int, cells: list[str]) -> Record:
    if any(_is_not_text(cell) for cell in cells):
        return Record(line, cells, "it is not UTF-8 text: save the file as UTF-8")
    return Record(line, [storable(cell) for cell in cells])


def _is_not_text(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)
