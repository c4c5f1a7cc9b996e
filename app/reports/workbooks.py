"""Tables as workbooks of spreadsheets. A text is always a text there: no cell of ours is ever calculated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from app.reports import exports
from app.reports.report import Report

LONGEST = 32_767  # characters in a cell
ROWS = 1_000_000  # on a sheet, under its header; more go on to the next one
AS_IT_IS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
BEGINNING = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone, and the same report is the same file

Cells = Sequence[Any]


def write_table(file: IO[bytes], folder: Path, name: str, header: Cells, rows: Iterable[Cells]) -> None:
    """One table of any length into an open file, in bounded memory; the pieces lie in `folder` meanwhile."""
    with xlsxwriter.Workbook(file, {**AS_IT_IS, "constant_memory": True, "tmpdir": str(folder)}) as book:
        sheet = _sheet(book, name, header)
        for place, cells in enumerate(rows):
            if place and place % ROWS == 0:
                sheet = _sheet(book, f"{name} {place // ROWS + 1}", header)
            _write(sheet, place % ROWS + 1, cells)


def of_table(name: str, header: Cells, rows: Iterable[Cells]) -> bytes:
    """One table on one sheet."""
    return _book([(name, header, rows)])


def as_xlsx(report: Report) -> bytes:
    """The tables of a report: what was counted, the pain points, the trend, how often each score was given."""
    return _book(_tables(report))


def _book(tables: Iterable[tuple[str, Cells, Iterable[Cells]]]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {**AS_IT_IS, "in_memory": True}) as book:
        book.set_properties({"created": BEGINNING})
        for name, header, rows in tables:
            sheet = _sheet(book, name, header)
            for number, cells in enumerate(rows, start=1):
                _write(sheet, number, cells)
    return content.getvalue()


def _tables(report: Report) -> list[tuple[str, Cells, Iterable[Cells]]]:
    trend = (
        [point.period.first, point.period.last, *_interval(point.interval), point.counts.n] for point in report.trend
    )
    return [
        ("Report", ("what", "value"), _facts(report)),
        ("Pain points", exports.columns(report), exports.rows(report)),
        ("Trend", ("from", "to", *_names(report), "answers"), trend),
        ("Scores", ("score", "answers"), zip(report.metric.scores, report.distribution, strict=True)),
    ]


def _facts(report: Report) -> list[Cells]:
    score, change = report.score, report.score.change
    return [
        ("survey", report.survey.name),
        ("from", report.period.first),
        ("to", report.period.last),
        ("filters", report.filters.query()),
        *zip(_names(report), _interval(score.interval), strict=True),
        *_other(report),
        ("answers", score.counts.n),
        *report.metric.counts_of(score.counts).items(),
        ("change", change.value if change else None),
        ("change_p", change.p if change else None),
        ("verdict", score.verdict),
        ("people_with_a_comment", report.comments.n),
        ("analysis", report.analysis.id),
        ("method", report.analysis.method),
    ]


def _names(report: Report) -> tuple[str, str, str]:
    key = report.metric.key
    return key, f"{key}_low", f"{key}_high"


def _other(report: Report) -> list[Cells]:
    name = report.metric.other_key
    if not name:
        return []
    return list(zip((name, f"{name}_low", f"{name}_high"), _interval(report.score.other), strict=True))


def _interval(interval: Any) -> list[float | None]:
    return [getattr(interval, name, None) for name in ("value", "low", "high")]


def _sheet(book: Any, name: str, header: Cells) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    _write(sheet, 0, header, book.add_format({"bold": True}))
    return sheet


def _write(sheet: Any, number: int, cells: Cells, look: Any = None) -> None:
    """Numbers as numbers, everything else as text, nothing as nothing."""
    for place, cell in enumerate(cells):
        if isinstance(cell, bool) or not isinstance(cell, int | float | None):
            sheet.write_string(number, place, str(cell)[:LONGEST], look)
        elif cell is not None:
            sheet.write_number(number, place, cell, look)
