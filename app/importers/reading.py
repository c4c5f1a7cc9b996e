"""One record of a table as a row in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.analysis.metrics import NPS, Metric
from app.importers import csv, dates, scores, xlsx
from app.importers.dates import Order
from app.importers.products import Product, tidy
from app.importers.rows import NAMES, Record, Row, UnreadableFileError

NOBODY = {"anonymous", "n/a", "na", "-", "none", "unknown", "null"}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_]\w+)*")


def records_of(path: Path) -> Iterator[Record]:
    """The records of a table, by what the file is and not by what its name says."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"\xd0\xcf\x11\xe0":
        raise UnreadableFileError("This is a workbook of the old kind: save it as .xlsx or as CSV.")
    return xlsx.records(path) if magic[:2] == b"PK" else csv.records(path)


def row(record: Record, product: Product, columns: Mapping[str, str], order: Order, metric: Metric = NPS) -> Row:
    """What a record says. Why it is no answer, if that can be told without knowing what our columns hold."""
    cells = list(record.cells)
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if record.fault:
        return Row(record.line, fault=record.fault)
    if len(cells) > len(columns):
        return Row(record.line, fault=f"it has {len(cells)} columns, the first line names {len(columns)}")
    cells += [""] * (len(columns) - len(cells))  # a workbook ends a row with its last value
    said = dict(zip(columns, cells, strict=True))
    fault = _skipped(product, said, metric)
    if fault:
        return Row(record.line, fault=fault, said=said)
    return _understood(record.line, product, columns, order, said, metric)


def _skipped(product: Product, said: Mapping[str, str], metric: Metric) -> str | None:
    by_name = {tidy(name): cell for name, cell in said.items()} if product.skips else {}
    asked = "" if metric.key in product.other_scales else metric.key
    reasons = (skip.why(by_name[skip.column], asked) for skip in product.skips if skip.column in by_name)
    return next((reason for reason in reasons if reason), None)


def _understood(
    line: int, product: Product, columns: Mapping[str, str], order: Order, said: dict[str, str], metric: Metric
) -> Row:
    values: dict[str, str] = {}
    for name, cell in said.items():
        _put(values, name, columns[name], cell)
    if _timeless(values, product, columns):
        return Row(line, fault="it says no time", said=said)
    _mend(values, product, order, metric)
    return Row(line, values, said=said)


def _put(values: dict[str, str], name: str, meaning: str, cell: str) -> None:
    if meaning == "ignored":
        return
    if meaning == "attribute":
        values[f"{name} (column)" if name.lower() in NAMES else name] = cell
    elif meaning == "comment" and values.get("comment", "").strip() and cell.strip():
        values["comment"] = f"{values['comment']}\n\n{cell}"
    elif not values.get(meaning, "").strip():
        values[meaning] = cell


def _mend(values: dict[str, str], product: Product, order: Order, metric: Metric) -> None:
    """Scores and times as we write them; of another product's files also what would be no id or language of ours."""
    for name, text in list(values.items()):
        meaning = name.lower()
        if meaning == "score" and (score := scores.read(text, metric.high)) is not None:
            values[name] = str(score)
        elif meaning == "created_at" and text.strip():
            values[name] = _time(text, product, order)
        elif product.marks and meaning in FOREIGN:
            values[name] = FOREIGN[meaning](product, text.strip())


def _time(text: str, product: Product, order: Order) -> str:
    try:
        return dates.read(text, order.month_first, product.is_utc)
    except (ValueError, OverflowError, OSError):
        return text  # what is wrong with it is said where all times are read


def _timeless(values: dict[str, str], product: Product, columns: Mapping[str, str]) -> bool:
    """Whether an answer of another product lacks the time that its file has for others: it was not given today."""
    known = {name.lower(): text.strip() for name, text in values.items()}
    has_column = bool(product.marks) and "created_at" in columns.values()
    return has_column and bool(known.get("score")) and not known.get("created_at")


def _respondent(_product: Product, text: str) -> str:
    return "" if text.lower() in NOBODY else text


def _id(product: Product, text: str) -> str:
    return f"{product.key}:{text}" if text else ""


def _language(_product: Product, text: str) -> str:
    return text if LANGUAGE.fullmatch(text) else ""


FOREIGN: dict[str, Callable[[Product, str], str]] = {
    "respondent": _respondent,
    "external_id": _id,
    "language": _language,
}
