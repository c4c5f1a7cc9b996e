"""All responses of a view as lines of CSV or JSON, or as a workbook: streamed, in bounded memory, from one snapshot."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import Survey, engines, listings
from app.models.listings import Listed, Mentioned
from app.reports import cells, workbooks
from app.reports.filters import Filters
from app.services.listings import view

AT_ONCE = 500  # responses in memory
PATIENCE = ("SET LOCAL statement_timeout = '60s'", "SET LOCAL idle_in_transaction_session_timeout = '300s'")

COLUMNS = (
    "row", "id", "external_id", "created_at", "updated_at", "revision", "score", "group", "language", "respondent",
    "identity", "touchpoint", "comment", "pain_points", "pain_point_ids", "mentions", "attributes",
    "quarantine", "counts",
)  # fmt: skip

Records = Iterable[tuple[int, Listed]]
Progress = Callable[[str, int, int], None]


def lines(survey: Survey, file_format: str, filters: Filters | None = None) -> Iterator[str]:
    """The responses, the oldest first, one line each with its line end; Invalid for a format that is not known.

    Nothing that is stored while the lines are read gets in, and nothing drops out.
    """
    if file_format not in FORMATS:
        said = f"Choose one of {', '.join(FORMATS)}; a workbook needs a file to be written into."
        raise Invalid(said, {"format": ["There is no such format."]})
    return FORMATS[file_format](_records(survey, filters or Filters()))


def save(survey: Survey, file_format: str, path: Path, filters: Filters, progress: Progress) -> int:
    """Write the responses into a file for us alone, in one of `ENDINGS`; how many there were.

    It has its name when it is whole and not before: what had the name until then stays whole too.
    """
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        number = _write(survey, file_format, unfinished, filters, progress)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return number


def _write(survey: Survey, file_format: str, path: Path, filters: Filters, progress: Progress) -> int:
    counted = _Counted(_records(survey, filters, progress))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if file_format == "xlsx":
            workbooks.write_table(file, path.parent, "Responses", COLUMNS, map(_row, counted))
        else:
            file.writelines(line.encode() for line in FORMATS[file_format](counted))
    return counted.number


class _Counted:
    """Records as they pass, and how many did."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.number = 0

    def __iter__(self) -> Iterator[tuple[int, Listed]]:
        for number, response in self.records:
            self.number = number
            yield number, response


def _records(survey: Survey, filters: Filters, progress: Progress | None = None) -> Iterator[tuple[int, Listed]]:
    number, after = 0, None
    with _snapshot() as connection:
        shown = view(connection, survey, filters, with_quarantine=True)
        total = listings.count(connection, shown) if progress else 0
        while found := listings.part(connection, shown, AT_ONCE, after):
            yield from enumerate(found, start=number + 1)
            number, after = number + len(found), found[-1].position
            if progress:
                progress("export", number, total)


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
    yield cells.BOM + cells.line(COLUMNS)
    yield from map(cells.line, map(_row, records))


def _row(numbered: tuple[int, Listed]) -> list[Any]:
    """A response as the cells of a table."""
    number, response = numbered
    row = record(number, response)
    points = row["pain_points"]
    row["pain_points"] = "; ".join(dict.fromkeys(point["name"] for point in points))
    row["pain_point_ids"] = " ".join(dict.fromkeys(point["id"] for point in points))
    for name in ("mentions", "attributes"):
        row[name] = json.dumps(row[name], ensure_ascii=False, sort_keys=True) if row[name] else None
    row["counts"] = "yes" if response.counts else "no"
    return [row[column] for column in COLUMNS]


FORMATS: dict[str, Callable[[Records], Iterator[str]]] = {"csv": _as_csv, "jsonl": _as_jsonl}
ENDINGS = (*FORMATS, "xlsx")


def record(number: int, response: Listed) -> dict[str, Any]:
    """One response as it stands in a file: words first that other tools look for, then the rest."""
    return {
        "row": number,
        "external_id": response.external_id,
        "score": response.score,
        "group": response.group_name,
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
