"""A survey of any size that looks like a lived one, written straight into the tables: nothing in it has to be read.

Three years of answers in twelve languages; three in ten say why; six in ten come from people who are known and who
answer more than once; 25 pain points, some common and most rare. Half of the answers fall into the last year.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.extensions import db
from app.models import (
    AnalysisRun,
    CurrentRun,
    Event,
    MentionRow,
    PainPoint,
    Reading,
    Respondent,
    Response,
    Survey,
    now,
)
from app.models.base import Base
from app.models.transaction import gather_statistics, writing
from app.services import surveys
from bench.analysis import comments

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "ru", "ja", "tr")
TOUCHPOINTS = ("checkout", "support", "onboarding", "renewal", None)
PLANS = ("free", "team", "business")
POINTS = 25
YEARS = 3
AT_ONCE = 20_000


def fill(size: int) -> Survey:
    """The survey `bench` with so many answers, read by a finished run."""
    survey = surveys.create("bench", "Bench")
    drawn = _Drawn(size)
    with writing() as session:
        points = [
            PainPoint(survey_id=survey.id, key=f"point-{place}", origin="seed", names={"en": f"Repair part {place}"})
            for place in range(POINTS)
        ]
        run = AnalysisRun(survey_id=survey.id, state="succeeded", method="1", finished_at=now(), comments=drawn.said)
        session.add_all([*points, run])
        session.flush()
        session.add(CurrentRun(survey_id=survey.id, run_id=run.id))
        ids, run_id = [point.id for point in points], run.id
    _copy(Respondent, ({"id": one + 1, "survey_id": survey.id, "subject": f"u-{one}"} for one in range(drawn.people)))
    _copy(Response, (drawn.response(survey.id, place) for place in range(size)))
    _copy(Event, (drawn.event(survey.id, place) for place in range(size)))
    _copy(Reading, (drawn.reading(run_id, int(place)) for place in np.flatnonzero(drawn.has_comment)))
    _copy(MentionRow, drawn.mentions(run_id, ids))
    gather_statistics()
    return survey


class _Drawn:
    """Everything that chance decides, drawn at once."""

    def __init__(self, size: int) -> None:
        chance = np.random.default_rng(20)
        self.texts = [text for text, _ in comments(2_000)]
        self.people = max(1, size // 5)
        share = (np.arange(1, 12) ** 1.3)[[4, 3, 3, 4, 4, 5, 6, 8, 9, 10, 10]]
        self.score = chance.choice(11, size, p=share / share.sum())
        self.has_comment = chance.random(size) < 0.3
        self.said = int(self.has_comment.sum())
        popular = 1 / np.arange(1, len(LANGUAGES) + 1)
        self.language = chance.choice(len(LANGUAGES), size, p=popular / popular.sum())
        self.touchpoint = chance.integers(0, len(TOUCHPOINTS), size)
        self.person = np.where(chance.random(size) < 0.6, (chance.random(size) ** 1.5 * self.people).astype(int), -1)
        ago = np.sort(chance.random(size) ** 1.7 * YEARS * 365 * 86_400)[::-1]
        self.at = [now() - timedelta(seconds=float(seconds)) for seconds in ago]
        self.plan = chance.integers(0, len(PLANS), size)
        popular = 1 / np.arange(1, POINTS + 1)
        said = chance.choice(4, size, p=[0.45, 0.42, 0.1, 0.03])
        many = np.where(self.score >= 9, (chance.random(size) < 0.3) * said, said)
        self.raised = [
            chance.choice(POINTS, number, replace=False, p=popular / popular.sum()).tolist() if has and number else []
            for has, number in zip(self.has_comment, many, strict=True)
        ]
        self.confidence = np.round(chance.random(size) * 0.6 + 0.4, 6)

    def response(self, survey_id: int, place: int) -> dict[str, Any]:
        person, at = int(self.person[place]), self.at[place]
        return {
            "id": place + 1,
            "survey_id": survey_id,
            "nonce": f"n{place}",
            "revision": 1,
            "score": int(self.score[place]),
            "comment": self.texts[place % len(self.texts)] if self.has_comment[place] else None,
            "language": LANGUAGES[self.language[place]],
            "touchpoint": TOUCHPOINTS[self.touchpoint[place]],
            "respondent_id": person + 1 if person >= 0 else None,
            "identity": "verified" if person >= 0 else "anonymous",
            "counts": True,
            "has_load": True,
            "attributes": json.dumps({"plan": PLANS[self.plan[place]]}),
            "source": "import",
            "created_at": at,
            "updated_at": at,
        }

    def event(self, survey_id: int, place: int) -> dict[str, Any]:
        names = {"webhook_id": f"msg_{place}", "type": "response.created", "body": b"{}", "created_at": self.at[place]}
        return {"id": place + 1, "survey_id": survey_id, "response_id": place + 1, **names}

    def reading(self, run_id: int, place: int) -> dict[str, Any]:
        language = LANGUAGES[self.language[place]]
        return {"run_id": run_id, "response_id": place + 1, "revision": 1, "language": language, "edition": 0}

    def mentions(self, run_id: int, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        for place, raised in enumerate(self.raised):
            for number, point in enumerate(raised):
                yield {
                    "run_id": run_id,
                    "response_id": place + 1,
                    "pain_point_id": ids[point],
                    "start": 8 * number,
                    "end": 8 * number + 7,
                    "stance": ("complaint", "wish")[place % 2],
                    "confidence": float(self.confidence[place]),
                    "terms": "[]",
                }


def _copy(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows past SQLAlchemy: PostgreSQL by COPY, SQLite by one prepared statement."""
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return
    is_sqlite = db.engine.dialect.name == "sqlite"
    table = f'"{model.__tablename__}"'
    names = list(first) + (["created_at"] if model is Respondent else [])
    columns = ", ".join(f'"{name}"' for name in names)
    written = _into_sqlite if is_sqlite else _into_postgresql
    tuples = (_tuple(row, names, is_sqlite) for row in _with(first, source))
    while part := list(islice(tuples, AT_ONCE)):
        with writing() as session:
            written(session.connection().connection.driver_connection, table, columns, part)
    if not is_sqlite and "id" in first:
        with writing() as session:
            last = sa.select(sa.func.max(model.__table__.c.id)).scalar_subquery()
            session.execute(sa.select(sa.func.setval(f"{model.__tablename__}_id_seq", last)))


def _with(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _tuple(row: dict[str, Any], names: Sequence[str], is_sqlite: bool) -> tuple[Any, ...]:
    values = (row.get(name, EPOCH if name == "created_at" else None) for name in names)
    return tuple(map(_for_sqlite, values)) if is_sqlite else tuple(values)


EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def _for_sqlite(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _into_sqlite(raw: Any, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _into_postgresql(raw: Any, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
