"""One record of a table as a row in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rows of a file are read: whose they are, what their columns mean, and what a score of theirs is here.

    `header` are the names of a plain table as they stand in the file: what tells its rows apart is kept under them.
    """

    product: Product
    columns: Mapping[str, str]  # name → meaning, in their order
    order: Order
    scale: Mapping[str, int] = field(default_factory=dict)  # theirs → ours; empty if theirs are ours
    header: Sequence[str] = ()
    metric: Metric = NPS


def row(record: Record, manner: Manner) -> Row:
    """What a record says. Why it is no answer, if that can be told without knowing what our columns hold."""
    cells, width = list(record.cells), len(manner.columns)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if record.fault:
        return Row(record.line, fault=record.fault)
    if len(cells) > width:
        return Row(record.line, fault=f"it has {len(cells)} columns, the first line names {width}")
    cells += [""] * (width - len(cells))
    said = dict(zip(manner.columns, cells, strict=True))
    return meant(record.line, manner, said, _identity(record, manner))


def _identity(record: Record, manner: Manner) -> dict[str, Any] | None:
    """Of a plain table exactly the cells of the record under the names of the file, as ever since the first version."""
    if manner.product.marks:
        return None
    return {name: cell for name, cell in zip(manner.header, record.cells, strict=False) if name}


def meant(line: int, manner: Manner, said: dict[str, str], identity: dict[str, Any] | None = None) -> Row:
    """What cells under their names mean."""
    fault = _skipped(manner.product, said, manner.metric)
    if fault:
        return Row(line, fault=fault, said=said)
    values: dict[str, str] = {}
    for name, cell in said.items():
        _put(values, name, manner.columns[name], cell)
    fault = "it says no time" if _timeless(values, manner) else _unscaled(values, manner)
    if fault:
        return Row(line, fault=fault, said=said)
    _mend(values, manner)
    return Row(line, values, said=said, identity=identity)


def _unscaled(values: Mapping[str, str], manner: Manner) -> str | None:
    """Why a score cannot be put on our scale, where theirs is another one."""
    its = next((text.strip() for name, text in values.items() if name.lower() == "score"), "")
    if not manner.scale or not its or _on(manner.scale, its) is not None:
        return None
    return f"nobody said what the score {its[:40]!r} is from {manner.metric.scores[0]} to {manner.metric.scores[-1]}"


def _on(scale: Mapping[str, int], text: str) -> int | None:
    """Our score for one of theirs; 5.0 is as much as 5."""
    plain = text.strip()
    return scale.get(plain, scale.get(re.sub(r"[.,]0+$", "", plain)))


def _skipped(product: Product, said: Mapping[str, str], metric: Metric) -> str | None:
    by_name = {tidy(name): cell for name, cell in said.items()} if product.skips else {}
    asked = "" if metric.key in product.other_scales else metric.key
    reasons = (skip.why(by_name[skip.column], asked) for skip in product.skips if skip.column in by_name)
    return next((reason for reason in reasons if reason), None)


def _put(values: dict[str, str], name: str, meaning: str, cell: str) -> None:
    if meaning == "ignored":
        return
    if meaning == "attribute":
        values[f"{name} (column)" if name.lower() in NAMES else name] = cell
    elif meaning == "comment" and values.get("comment", "").strip() and cell.strip():
        values["comment"] = f"{values['comment']}\n\n{cell}"
    elif not values.get(meaning, "").strip():
        values[meaning] = cell


def _mend(values: dict[str, str], manner: Manner) -> None:
    """Scores and times as we write them; of another product's files also what would be no id or language of ours."""
    product = manner.product
    for name, text in list(values.items()):
        meaning = name.lower()
        if meaning == "score" and (score := _score(text, manner)) is not None:
            values[name] = str(score)
        elif meaning == "created_at" and text.strip():
            values[name] = _time(text, product, manner.order)
        elif product.marks and meaning in FOREIGN:
            values[name] = FOREIGN[meaning](product, text.strip())


def _score(text: str, manner: Manner) -> int | None:
    return _on(manner.scale, text) if manner.scale else scores.read(text, manner.metric.high)


def _time(text: str, product: Product, order: Order) -> str:
    try:
        return dates.read(text, order.month_first, product.is_utc)
    except (ValueError, OverflowError, OSError):
        return text  # what is wrong with it is said where all times are read


def _timeless(values: dict[str, str], manner: Manner) -> bool:
    """Whether an answer of another product lacks the time that its file has for others: it was not given today."""
    known = {name.lower(): text.strip() for name, text in values.items()}
    has_column = bool(manner.product.marks) and "created_at" in manner.columns.values()
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
