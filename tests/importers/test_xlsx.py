"""Workbooks are read as far as they are sound, and refused with a sentence where they are not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from app import importers
from app.importers import xlsx
from app.importers.rows import UnreadableFileError


def book(path: Path, *rows: list[object]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_numbers_times_and_truths_are_read_as_text(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, 10)  # noqa: DTZ001 - a workbook knows no zone
    file = book(
        tmp_path / "a.xlsx", [], ["score", "comment", "created_at", "beta"], [9.0, "fine", moment, True], [], [3]
    )

    first, second = importers.read(file)

    assert first.values == {"score": "9", "comment": "fine", "created_at": "2026-03-04T10:00:00", "beta": "true"}
    assert (first.line, second.line, second.values["score"]) == (3, 5, "3")


def test_a_first_sheet_without_anything_is_passed_over(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.create_sheet("Answers").append(["score"])
    made["Answers"].append([7])
    made.save(tmp_path / "a.xlsx")

    assert [row.values for row in importers.read(tmp_path / "a.xlsx")] == [{"score": "7"}]


def test_a_formula_is_never_calculated(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["score", "comment"], [3, "=1+1"])

    assert [row.values for row in importers.read(file)] == [{"score": "3", "comment": ""}]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing more", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 of old"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)

    with pytest.raises(UnreadableFileError, match="save it"):
        importers.source(file)


def test_a_workbook_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["score", "comment"], *([number % 11, f"words {number}"] for number in range(400)))
    content = bytearray(file.read_bytes())
    with ZipFile(file) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    begin = sheet.header_offset + 30 + len(sheet.filename)
    content[begin + 40 : begin + 400] = b"\xff" * 360
    file.write_bytes(content)

    with pytest.raises(UnreadableFileError, match="save it"):
        list(importers.read(file))


def test_another_archive_is_no_workbook(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("answers.csv", "score\n3\n")

    with pytest.raises(UnreadableFileError, match="An archive has to be unpacked first"):
        importers.source(tmp_path / "a.xlsx")


def swapped(path: Path, part: str, content: bytes) -> None:
    """The workbook with one of its parts put otherwise."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, old in {**parts, part: content}.items():
            archive.writestr(name, content if name == part else old)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, part: str) -> None:
    file = book(tmp_path / "a.xlsx", ["score"], [3])
    swapped(file, part, b" " * 20 * xlsx.MEGABYTE)

    with pytest.raises(UnreadableFileError, match="too large"):
        importers.source(file)


def test_entities_are_refused(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["score"], [3])
    swapped(file, "xl/sharedStrings.xml", b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaa">]><s>&a;</s>')

    with pytest.raises(UnreadableFileError, match="too large"):
        importers.source(file)


def test_rows_and_columns_that_no_sheet_has_are_not_waited_for(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["score"], [3])
    with ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    swapped(file, "xl/worksheets/sheet1.xml", sheet.replace(b'<row r="2"', b'<row r="999999999999"'))

    assert list(importers.read(file)) == []
