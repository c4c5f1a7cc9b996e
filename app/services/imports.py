"""Bringing in answers given elsewhere: good rows go in, bad ones are named, a second time changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from app.analysis.metrics import NPS
from app.errors import Invalid
from app.importers.rows import Row
from app.importers.sources import Source
from app.models import Response, Survey, now
from app.models.transaction import writing
from app.schemas.imports import TOMORROW, ImportedRow
from app.services import admission, responses
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
    outcomes: Counter[str]  # what would become of the others
    product: str = ""  # whose file it is
    notes: tuple[str, ...] = ()
    has_score: bool = True
    can_change: bool = False  # what the columns mean

    @property
    def good(self) -> int:
        """How many of the rows are answers."""
        return self.rows - len(self.rejected)


def preview(survey: Survey, source: Source) -> Preview:
    """Look at the beginning of a file on the way that an import takes, and store nothing."""
    first = list(islice(source.rows(), LOOKED_AT + 1))
    looked_at = first[:LOOKED_AT]
    if not looked_at:
        raise Invalid("There is no row in this file.", {"file": ["There is no row in this file."]})
    foreseen = foresee(survey, looked_at)
    columns = _columns(looked_at)
    if source.has_columns:
        examples = {column.name: column.example for column in columns}
        columns = tuple(Column(name, meaning, examples.get(name, "")) for name, meaning in source.columns.items())
    return Preview(
        columns,
        len(looked_at),
        tuple(foreseen.rejected),
        len(first) > LOOKED_AT,
        foreseen.outcomes,
        product=source.product.name,
        notes=source.notes,
        has_score=source.has_score,
        can_change=source.has_columns,
    )


def foresee(survey: Survey | None, rows: Iterable[Row]) -> Imported:
    """What an import would make of rows, told on its own way and without storing any; None is an NPS to be made."""
    foreseen, seen = Imported(), Counter[str]()
    zone = ZoneInfo(survey.timezone if survey else "UTC")
    schema = ImportedRow(survey.measures if survey else NPS)
    answers = _answers(schema, zone, rows, ("import", "import"), seen, foreseen)
    earlier: dict[str, int] = {}  # of this file, by identity: what they said
    while part := list(islice(answers, AT_ONCE)):
        there = responses.known(survey.id, part) if survey else {}
        foreseen.outcomes.update(_foreseen(survey, answer, there, earlier) for answer in part)
    return foreseen


def _foreseen(
    survey: Survey | None, answer: Answer, there: Mapping[str, Response], earlier: dict[str, int]
) -> responses.Outcome:
    said = hash(repr(replace(answer, created_at=None)))
    before = earlier.get(answer.nonce)
    earlier[answer.nonce] = said
    if before is not None:
        return "repeated" if before == said else "changed"
    stored = there.get(answer.nonce)
    return responses.outcome(survey, stored, answer) if survey and stored else "created"


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
    under: str | None = None,
    opens_cases: bool = False,
    by_itself: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Store every good row; rows that are there already are left, or changed if they say something else now.

    What is brought in is mostly old, so low scores open cases only if this is asked for. Rows are known again `under`
    one name, that of the source unless another is given. What comes `by_itself` brings nothing back that is gone.
    """
    imported = Imported()
    seen: Counter[str] = Counter()
    schema, names = ImportedRow(survey.measures), (source, under or source)
    answers = _answers(schema, ZoneInfo(survey.timezone), rows, names, seen, imported)
    while part := list(islice(answers, AT_ONCE)):
        with writing():
            taken = admission.admitted(survey, part) if by_itself else part
            outcomes = [responses.store(survey.id, replace(answer, opens_case=opens_cases)).outcome for answer in taken]
        imported.outcomes.update(outcomes)
        imported.outcomes.update(["withheld"] * (len(part) - len(taken)))
        if progress:
            progress(imported.rows)
    return imported


def _answers(
    schema: ImportedRow,
    zone: ZoneInfo,
    rows: Iterable[Row],
    names: tuple[str, str],
    seen: Counter[str],
    imported: Imported,
) -> Iterator[Answer]:
    for row in rows:
        try:
            yield _answer(schema, row, names, zone, seen)
        except (ValidationError, Invalid) as error:
            imported.rejected.append((row.line, _reason(error)))


def _answer(schema: ImportedRow, row: Row, names: tuple[str, str], zone: ZoneInfo, seen: Counter[str]) -> Answer:
    if row.fault:
        raise ValidationError(row.fault)
    values = schema.load(row.values)
    values["created_at"] = _past(values["created_at"], zone)
    values["comment"] = responses.clean_comment(values["comment"])
    identity = "verified" if values["respondent"] else "anonymous"
    source, under = names
    return Answer(nonce=_nonce(under, row, values, seen), source=source, identity=identity, is_complete=True, **values)


def _past(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if aware > now() + TOMORROW:
        raise ValidationError("created_at lies in the future")
    return aware.astimezone(UTC)


def _nonce(under: str, row: Row, values: dict[str, Any], seen: Counter[str]) -> str:
    """Who a row is: its external id or, without one, what it says and the how-manieth of its like it is."""
    if values["external_id"]:
        return f"{under}:{values['external_id']}"
    told = row.identity or (row.values if row.said is None else row.said)
    digest = sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:32]
    seen[digest] += 1
    return f"{under}:{digest}:{seen[digest]}"


def _reason(error: ValidationError | Invalid) -> str:
    if isinstance(error, Invalid):
        return "; ".join(text for texts in error.errors.values() for text in texts)
    messages = error.messages
    texts = [text for value in messages.values() for text in value] if isinstance(messages, dict) else messages
    return "; ".join(str(text) for text in texts)
