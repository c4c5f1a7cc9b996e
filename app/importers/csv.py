"""Comma-separated files: UTF-8 with or without BOM, comma, semicolon or tab, quoted as spreadsheets do it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from app.importers.rows import Row, UnreadableFileError, storable

SAMPLE = 65_536
LONGEST_FIELD = 1_000_000


def read(path: Path) -> Iterator[Row]:
    """Every record in order. A record that cannot be read is a row with a fault, and reading goes on."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(file), strict=False)
        header = _header(reader)
        yield from _rows(reader, header)


def _delimiter(file: TextIO) -> str:
    first = file.readline(SAMPLE)
    file.seek(0)
    return max(",;\t", key=first.count)


def _header(reader: Any) -> list[str]:
    names = [storable(name).strip() for name in _first(reader)]
    known = [name.lower() for name in names]
    if "score" not in known:
        raise UnreadableFileError("The file has no column named score. The first line must name the columns.")
    twice = sorted({name for name in known if name and known.count(name) > 1})
    if twice:
        raise UnreadableFileError(f"The column {twice[0]} is there twice.")
    return names


def _first(reader: Any) -> list[str]:
    try:
        names: list[str] = next(reader, [])
    except csv.Error as error:
        raise UnreadableFileError(f"The first line cannot be read as CSV ({error}).") from error
    if any(_is_not_text(name) for name in names):
        raise UnreadableFileError("The first line is not UTF-8 text: save the file as UTF-8.")
    return names


def _rows(reader: Any, header: list[str]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, fault=f"it cannot be read as CSV ({error})")
            continue
        if any(cell.strip() for cell in record):
            yield _row(line, header, record)


def _row(line: int, header: list[str], record: list[str]) -> Row:
    if len(record) > len(header):
        return Row(line, fault=f"it has {len(record)} columns, the first line names {len(header)}")
    if any(_is_not_text(cell) for cell in record):
        return Row(line, fault="it is not UTF-8 text: save the file as UTF-8")
    return Row(line, {name: storable(cell) for name, cell in zip(header, record, strict=False) if name})


def _is_not_text(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)
