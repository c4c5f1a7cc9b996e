"""Bringing in answers given elsewhere: good rows go in, bad ones are named, a second time changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from marshmallow import ValidationError

from app.analysis.metrics import NPS, Metric
from app.errors import Invalid
from app.extensions import db
from app.importers.rows import Row
from app.importers.sources import Source
from app.models import Response, Survey, now
from app.models.transaction import writing
from app.schemas.imports import TOMORROW, ImportedRow
from app.services import responses
from app.services.responses import Answer

AT_ONCE = 500  # rows in one transaction
LOOKED_AT = 200  # rows of a file that a preview looks at


@dataclass(slots=True)
class Imported:
    """What became of the rows of a file."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[int, str]] = field(default_factory=list)  # line, reason

    @property
    def rows(self) -> int:
        """All rows that were looked at."""
        return self.outcomes.total() + len(self.rejected)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: what it means to us, "attribute" if nothing of its own, and its first value."""

    name: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first rows of a file mean. `rejected` are those that would be left out, with line and reason."""

    columns: tuple[Column, ...]
    rows: int
    rejected: tuple[tuple[int, str], ...]
    has_more: bool
    product: str = ""  # whose file it is
    notes: tuple[str, ...] = ()
    has_score: bool = True
    can_change: bool = False  # what the columns mean

    @property
    def good(self) -> int:
        """How many of the rows are answers."""
        return self.rows - len(self.rejected)


def preview(rows: Iterable[Row], metric: Metric = NPS) -> Preview:
    """Look at the beginning of a file, and store nothing."""
    first = list(islice(rows, LOOKED_AT + 1))
    looked_at = first[:LOOKED_AT]
    if not looked_at:
        raise Invalid("There is no row in this file.", {"file": ["There is no row in this file."]})
    rejected = tuple(understood(looked_at, ZoneInfo("UTC"), metric=metric).rejected)
    return Preview(_columns(looked_at), len(looked_at), rejected, len(first) > LOOKED_AT)


def preview_of(source: Source) -> Preview:
    """Look at the beginning of a file whose columns are known, and store nothing."""
    seen = replace(preview(source.rows(), source.metric), product=source.product.name, notes=source.notes)
    if not source.has_columns:
        return seen
    examples = {column.name: column.example for column in seen.columns}
    columns = tuple(Column(name, meaning, examples.get(name, "")) for name, meaning in source.columns.items())
    return replace(seen, columns=columns, has_score=source.has_score, can_change=True)


def understood(rows: Iterable[Row], zone: ZoneInfo, survey: Survey | None = None, metric: Metric = NPS) -> Imported:
    """What would become of rows, without storing any: which are answers, new or there already, and which are not."""
    looked_at, seen, schema = Imported(), Counter[str](), ImportedRow(survey.measures if survey else metric)
    nonces: list[str] = []
    for row in rows:
        try:
            nonces.append(_answer(schema, row, "import", zone, seen).nonce)
        except (ValidationError, Invalid) as error:
            looked_at.rejected.append((row.line, _reason(error)))
    there = _there(survey, nonces) if survey else 0
    looked_at.outcomes.update({"created": len(set(nonces)) - there, "there": there + len(nonces) - len(set(nonces))})
    return looked_at


def _there(survey: Survey, nonces: Sequence[str]) -> int:
    """How many of these answers the survey has."""
    different, found = iter(set(nonces)), 0
    while part := list(islice(different, AT_ONCE)):
        query = sa.select(sa.func.count()).where(Response.survey_id == survey.id, Response.nonce.in_(part))
        found += db.session.scalar(query) or 0
    return found


def _columns(rows: Sequence[Row]) -> tuple[Column, ...]:
    """Every column, in the order in which they come, with the first value that says something."""
    examples: dict[str, str] = {}
    for row in rows:
        for name, value in (row.values if row.said is None else row.said).items():
            told = "" if value is None else " ".join(str(value).split())[:80]
            examples[name] = examples.get(name) or told
    known = ImportedRow().fields
    return tuple(
        Column(name, name.lower() if name.lower() in known else "attribute", told) for name, told in examples.items()
    )


def bring_in(
    survey: Survey,
    rows: Iterable[Row],
    *,
    source: str = "import",
    opens_cases: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Store every good row; rows that are there already are left, or changed if they say something else now.

    What is brought in is mostly old, so low scores open cases only if this is asked for.
    """
    imported = Imported()
    seen: Counter[str] = Counter()
    answers = _answers(survey, rows, source, seen, imported)
    while part := list(islice(answers, AT_ONCE)):
        with writing():
            outcomes = [responses.store(survey.id, replace(answer, opens_case=opens_cases)).outcome for answer in part]
        imported.outcomes.update(outcomes)
        if progress:
            progress(imported.rows)
    return imported


def _answers(
    survey: Survey, rows: Iterable[Row], source: str, seen: Counter[str], imported: Imported
) -> Iterator[Answer]:
    schema, zone = ImportedRow(survey.measures), ZoneInfo(survey.timezone)
    for row in rows:
        try:
            yield _answer(schema, row, source, zone, seen)
        except (ValidationError, Invalid) as error:
            imported.rejected.append((row.line, _reason(error)))


def _answer(schema: ImportedRow, row: Row, source: str, zone: ZoneInfo, seen: Counter[str]) -> Answer:
    if row.fault:
        raise ValidationError(row.fault)
    values = schema.load(row.values)
    values["created_at"] = _past(values["created_at"], zone)
    values["comment"] = responses.clean_comment(values["comment"])
    identity = "verified" if values["respondent"] else "anonymous"
    return Answer(nonce=_nonce(source, row, values, seen), source=source, identity=identity, is_complete=True, **values)


def _past(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if aware > now() + TOMORROW:
        raise ValidationError("created_at lies in the future")
    return aware.astimezone(UTC)


def _nonce(source: str, row: Row, values: dict[str, Any], seen: Counter[str]) -> str:
    """Who a row is: its external id or, without one, what it says and the how-manieth of its like it is."""
    if values["external_id"]:
        return f"{source}:{values['external_id']}"
    told = row.values if row.said is None else row.said
    digest = sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:32]
    seen[digest] += 1
    return f"{source}:{digest}:{seen[digest]}"


def _reason(error: ValidationError | Invalid) -> str:
    if isinstance(error, Invalid):
        return "; ".join(text for texts in error.errors.values() for text in texts)
    messages = error.messages
    texts = [text for value in messages.values() for text in value] if isinstance(messages, dict) else messages
    return "; ".join(str(text) for text in texts)
