"""Facts as they stand in the database: all of a survey, or those of some answers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.analysis.types import PAINFUL
from app.extensions import db
from app.models.analyses import MentionRow, Reading
from app.models.columns import Codes, Column, Columns, ordered, size
from app.models.facts import ATTRIBUTE, WORD, Facts, bit, groups_of, words
from app.models.metrics import metric_of
from app.models.responses import Response

PAGE = 2_000  # rows fetched at a time
PART = 500  # ids in one question
IN_TIME = ("at", "id")
SUREST = ("doubt", "at", "score", "start", "end", "response")  # our own ids last: they tell who answered first

Kind = type[Any] | Callable[[Sequence[Any]], Column]


def responses(facts: Facts, ids: Collection[int] | None = None) -> Columns:
    """The answers of a survey in time, without what they raise. `facts` gives the codes and the names to use."""
    coded = facts.words.of
    asked: dict[str, tuple[Any, Kind]] = {
        "id": (Response.id, np.int64),
        "at": (_micros(), np.int64),
        "score": (Response.score, np.int8),
        "revision": (Response.revision, np.int32),
        "respondent": (sa.func.coalesce(Response.respondent_id, 0), np.int64),
        "declared": (Response.language, coded),
        "touchpoint": (Response.touchpoint, coded),
        "has_comment": (Response.comment.is_not(None), np.bool_),
        "counts": (Response.counts, np.bool_),
        "has_load": (Response.has_load, np.bool_),
        "revenue": (Response.monthly_revenue, np.float64),
    }
    asked |= {ATTRIBUTE + name: (Response.attributes[name].as_string(), coded) for name in facts.names}
    found = _fetched(asked, [Response.survey_id == facts.survey_id], Response.id, ids)
    found = ordered(found, IN_TIME)
    groups = groups_of(metric_of(facts.survey_id), found["score"])
    return {**found, "group": groups, **_readings(facts, found, ids)}


def _readings(facts: Facts, found: Columns, ids: Collection[int] | None) -> Columns:
    """What a run made of the comments: their language, and whether it read them as they stand."""
    asked: dict[str, tuple[Any, Kind]] = {
        "response": (Reading.response_id, np.int64),
        "revision": (Reading.revision, np.int32),
        "heard": (Reading.language, facts.words.of),
    }
    read = _fetched(asked, [Reading.run_id == facts.run_id], Reading.response_id, ids)
    rows, there = rows_of(found["id"], read["response"])
    revision, heard = np.zeros(size(found), np.int32), np.full(size(found), -1, np.int32)
    revision[rows], heard[rows] = read["revision"][there], read["heard"][there]
    is_known = (heard >= 0) & (heard != facts.words.find("und"))
    language = np.where(is_known, heard, found["declared"])
    return {"heard": heard, "language": language, "is_read": revision == found["revision"]}


def attribute(facts: Facts, name: str) -> Column:
    """The values of an attribute in the rows of the facts."""
    value = Response.attributes[name].as_string()
    asked: dict[str, tuple[Any, Kind]] = {"id": (Response.id, np.int64), "value": (value, facts.words.of)}
    found = _fetched(asked, [Response.survey_id == facts.survey_id, value.is_not(None)], Response.id, None)
    rows, there = rows_of(facts.responses["id"], found["id"])
    values = np.full(size(facts.responses), -1, np.int32)
    values[rows] = found["value"][there]
    return values


def mentions(facts: Facts, found: Columns, ids: Collection[int] | None = None) -> tuple[Columns, Columns]:
    """What these answers raise, and the mentions that raise a pain point: the surest first."""
    asked: dict[str, tuple[Any, Kind]] = {
        "mention": (MentionRow.id, np.int64),
        "response": (MentionRow.response_id, np.int64),
        "point": (MentionRow.pain_point_id, facts.points.of),
        "doubt": (-MentionRow.confidence, np.float64),
        "start": (MentionRow.start, np.int32),
        "end": (MentionRow.end, np.int32),
    }
    painful = [MentionRow.run_id == facts.run_id, MentionRow.stance.in_(sorted(PAINFUL))]
    said = _fetched(asked, painful, MentionRow.response_id, ids)
    rows, there = rows_of(found["id"], said["response"])
    said = {name: column[there] for name, column in said.items()}
    hurts = np.zeros(size(found), bool)
    hurts[rows] = True
    said |= {"row": rows, "at": found["at"][rows], "score": found["score"][rows]}
    said = ordered({name: column[said["point"] >= 0] for name, column in said.items()}, SUREST)
    return {"hurts": hurts, "points": _bits(size(found), said, facts.points)}, said


def _bits(number: int, said: Columns, points: Codes) -> Column:
    bits = np.zeros((number, words(len(points.values))), np.uint64)
    for point in np.unique(said["point"]).tolist():
        bits[said["row"][said["point"] == point], point // WORD] |= bit(point)
    return bits


def rows_of(ids: Column, wanted: Column) -> tuple[Column, Column]:
    """In which rows the wanted ids stand, and which of the wanted are there at all."""
    order = np.argsort(ids, kind="stable")
    found = np.searchsorted(ids, wanted, sorter=order)
    there = np.flatnonzero(np.append(ids[order], -1)[found] == wanted)
    return order[found[there]], there


def _fetched(
    asked: dict[str, tuple[Any, Kind]], conditions: Sequence[Any], key: Any, ids: Collection[int] | None
) -> dict[str, Column]:
    query: sa.Select[Any] = sa.select(*(column for column, _ in asked.values())).where(*conditions)
    kinds = [kind for _, kind in asked.values()]
    parts = [[_column(kind, ()) for kind in kinds]]
    for some in [query] if ids is None else [query.where(key.in_(part)) for part in _parts(ids)]:
        for rows in _pages(some):
            parts.append([_column(kind, values) for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)])
    return dict(zip(asked, map(np.concatenate, zip(*parts, strict=True)), strict=True))


def _pages(query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Rows from the driver. The collector rests: it would look through millions of rows that are gone at once."""
    result = db.session.connection().execute(query, execution_options={"stream_results": True, "max_row_buffer": PAGE})
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield from result.partitions(PAGE)
    finally:
        if was_collecting:
            gc.enable()


def _column(kind: Kind, values: Sequence[Any]) -> Column:
    return np.array(values, kind) if isinstance(kind, type) else kind(values)


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    every = sorted(ids)
    return (every[start : start + PART] for start in range(0, len(every), PART))


def _micros() -> sa.ColumnElement[int]:
    """When an answer was given, in microseconds since 1970, without the work of making a moment of each."""
    text = '"response"."created_at"'
    if db.engine.dialect.name == "sqlite":
        return sa.literal_column(f"unixepoch({text}) * 1000000 + CAST(substr({text}, 21, 6) AS INTEGER)")
    return sa.literal_column(f"CAST(EXTRACT(epoch FROM {text}) * 1000000 AS bigint)")
