"""All responses of a view as lines of CSV or JSON: streamed, in bounded memory, from one snapshot."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import Survey, engines, listings
from app.models.listings import Listed, Mentioned
from app.reports.cells import safe
from app.reports.filters import Filters
from app.services.listings import view

BOM = "\ufeff"  # without it, spreadsheets read UTF-8 as something else
AT_ONCE = 500  # responses in memory
PATIENCE = ("SET LOCAL statement_timeout = '60s'", "SET LOCAL idle_in_transaction_session_timeout = '300s'")

COLUMNS = (
    "row", "id", "external_id", "created_at", "updated_at", "revision", "score", "group", "language", "respondent",
    "identity", "touchpoint", "comment", "pain_points", "pain_point_ids", "mentions", "attributes",
    "quarantine", "counts",
)  # fmt: skip

Records = Iterable[tuple[int, Listed]]


def lines(survey: Survey, file_format: str, filters: Filters | None = None) -> Iterator[str]:
    """The responses, the oldest first, one line each with its line end; Invalid for a format that is not known.

    Nothing that is stored while the lines are read gets in, and nothing drops out.
    """
    if file_format not in FORMATS:
        raise Invalid(f"Choose one of {', '.join(FORMATS)}.", {"format": ["There is no such format."]})
    return FORMATS[file_format](_records(survey, filters or Filters()))


def _records(survey: Survey, filters: Filters) -> Iterator[tuple[int, Listed]]:
    number, after = 0, None
    with _snapshot() as connection:
        shown = view(connection, survey, filters, with_quarantine=True)
        while found := listings.part(connection, shown, AT_ONCE, after):
            yield from enumerate(found, start=number + 1)
            number, after = number + len(found), found[-1].position


@contextmanager
def _snapshot() -> Iterator[sa.Connection]:
    """A connection of its own whose one transaction reads everything as it stood at the beginning."""
    engine = engines.reading(db.engine)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            yield connection
        return
    with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        for setting in PATIENCE:
            connection.exec_driver_sql(setting)
        yield connection


def _as_jsonl(records: Records) -> Iterator[str]:
    for number, response in records:
        yield json.dumps(record(number, response), ensure_ascii=False, separators=(",", ":")) + "\n"


def _as_csv(records: Records) -> Iterator[str]:
    yield BOM + _csv_line(COLUMNS)
    for number, response in records:
        cells = record(number, response)
        points = cells["pain_points"]
        cells["pain_points"] = "; ".join(dict.fromkeys(point["name"] for point in points))
        cells["pain_point_ids"] = " ".join(dict.fromkeys(point["id"] for point in points))
        for name in ("mentions", "attributes"):
            cells[name] = json.dumps(cells[name], ensure_ascii=False, sort_keys=True) if cells[name] else None
        cells["counts"] = "yes" if response.counts else "no"
        yield _csv_line([cells[column] for column in COLUMNS])


def _csv_line(cells: Sequence[Any]) -> str:
    """Every cell in quotes, and none that a spreadsheet would take for a formula."""
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["" if cell is None else safe(str(cell)) for cell in cells])
    return line.getvalue()


FORMATS: dict[str, Callable[[Records], Iterator[str]]] = {"csv": _as_csv, "jsonl": _as_jsonl}


def record(number: int, response: Listed) -> dict[str, Any]:
    """One response as it stands in a file: words first that other tools look for, then the rest."""
    return {
        "row": number,
        "external_id": response.external_id,
        "score": response.score,
        "group": response.group,
        "language": response.language,
        "pain_points": [_pain_point(mention) for mention in response.pain_points],
        "comment": response.comment,
        "created_at": response.created_at.isoformat(),
        "respondent": response.respondent,
        "touchpoint": response.touchpoint,
        "attributes": dict(response.attributes),
        "id": response.id,
        "identity": response.identity,
        "updated_at": response.updated_at.isoformat(),
        "revision": response.revision,
        "mentions": [_mention(mention) for mention in response.mentions],
        "quarantine": response.quarantine,
        "counts": response.counts,
    }


def _pain_point(mention: Mentioned) -> dict[str, Any]:
    return {
        "id": mention.id,
        "name": mention.name,
        "confidence": mention.confidence,
        "start": mention.start,
        "end": mention.end,
        "stance": mention.stance,
    }


def _mention(mention: Mentioned) -> dict[str, Any]:
    return {"start": mention.start, "end": mention.end, "stance": mention.stance, "pain_point": mention.id}
