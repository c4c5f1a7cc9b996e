"""The facts of surveys, kept in each process and brought up to date before anything is counted.

What has changed is read from the outbox and from the editions of readings, so an answer, a correction, a decision, a
reading and an erasure all count in the very next question. Everything a transaction asks is answered by one state.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.models import fact_rows
from app.models.analyses import AnalysisRun, CurrentRun, Reading
from app.models.columns import Codes, Column, Columns, insert, places, put, size, take
from app.models.events import Event
from app.models.facts import ATTRIBUTE, Facts, Seen, widened
from app.models.surveys import Survey
from app.models.transaction import is_writing, think_long

ROOM = 4_000_000  # answers kept in each process; the survey unused for longest makes room
MANY = 20_000  # from so many changed answers on, all are fetched anew
FEW = 50  # people who are looked for one by one; for more all rows are put in order
NAMES = 12  # attributes whose values are kept
LATE = 2_000  # newest events that are compared: on PostgreSQL one may be committed after those that came later


def facts(survey_id: int, run_id: int | None, names: Collection[str] = ()) -> Facts:
    """The facts as this transaction sees them, with the values of these attributes. Without a run: any run's."""
    if is_writing():
        return _load(survey_id, run_id, names)
    transaction, known = db.session().get_transaction(), db.session().info
    if transaction is None or known.get("transaction") is not transaction:
        db.session.execute(sa.select(sa.literal(1)))
        known.update(transaction=db.session().get_transaction(), facts={})
    current: Facts | None = known["facts"].get(survey_id)
    if current is None or not _fits(current, run_id, names):
        current = known["facts"][survey_id] = _kept(survey_id, run_id, names)
    return current


def trace(survey_id: int, run_id: int | None) -> tuple[Any, ...]:
    """Something that differs whenever an answer or a reading has changed."""
    recent = _recent(survey_id).subquery()
    asked = (sa.func.max(recent.c.id), sa.func.count(), sa.func.sum(recent.c.id))
    newest, number, total = db.session.execute(sa.select(*asked)).one()
    return newest, number, int(total or 0), erasures(survey_id), run_id, _edition(run_id)


def _fits(found: Facts, run_id: int | None, names: Collection[str]) -> bool:
    return run_id in (None, found.run_id) and set(names) <= set(found.names)


def _kept(survey_id: int, run_id: int | None, names: Collection[str]) -> Facts:
    """Those that this process keeps, as of now. One thread brings them up to date, others wait for it."""
    extensions = current_app.extensions
    kept: dict[int, Facts] = extensions.setdefault("facts", {})
    locks: dict[int, Any] = extensions.setdefault("facts_locks", {})
    with locks.setdefault(survey_id, threading.RLock()):
        found = kept.pop(survey_id, None)
        if found is None or not _fits(found, run_id, ()):
            found = _load(survey_id, run_id, names)
        else:
            found = _with_names(_followed(found), names)
        kept[survey_id] = found
    _make_room(kept)
    return found


def _make_room(kept: dict[int, Facts]) -> None:
    sizes = {id_: size(one.responses) for id_, one in list(kept.items())}
    for id_ in list(sizes)[:-1]:
        if sum(sizes.values()) <= ROOM:
            return
        kept.pop(id_, None)
        del sizes[id_]


def _load(survey_id: int, run_id: int | None, names: Iterable[str]) -> Facts:
    think_long()
    run = run_id or db.session.scalar(sa.select(CurrentRun.run_id).where(CurrentRun.survey_id == survey_id))
    wanted: Columns = {ATTRIBUTE + name: np.zeros(0, np.int32) for name in names}
    empty = Facts(survey_id, run, Seen(), wanted, {}, Codes(), Codes(), {})
    found = fact_rows.responses(empty)
    raised, mentions = fact_rows.mentions(empty, found)
    people, person = np.unique(found["respondent"], return_inverse=True)
    person = person - int(len(people) > 0 and people[0] == 0)  # nobody known is −1
    known = {**found, **raised, "person": person.astype(np.int32)}
    return replace(empty, seen=_seen(survey_id, run), responses=known, mentions=mentions)


def _with_names(found: Facts, names: Collection[str]) -> Facts:
    missing = [name for name in names if name not in found.names]
    if not missing:
        return found
    spare = [name for name in found.names if name not in names][: max(0, len(found.names) + len(missing) - NAMES)]
    if _seen(found.survey_id, found.run_id) != found.seen:  # an older transaction, which knows less of the values
        return _load(found.survey_id, found.run_id, [name for name in (*found.names, *missing) if name not in spare])
    kept = {name: column for name, column in found.responses.items() if name.removeprefix(ATTRIBUTE) not in spare}
    added = {ATTRIBUTE + name: fact_rows.attribute(found, name) for name in missing}
    return replace(found, responses={**kept, **added})


def _followed(found: Facts) -> Facts:
    """The same with everything that happened since. A transaction from before an erasure would bring it back."""
    erased = erasures(found.survey_id)
    if erased < found.seen.erasures:
        return found
    if erased > found.seen.erasures:
        return _load(found.survey_id, found.run_id, found.names)
    told = _told_since(found)
    read = sa.select(Reading.response_id).where(Reading.run_id == found.run_id, Reading.edition > found.seen.edition)
    changed = {response for _, response in told} | set(db.session.scalars(read))
    if len(changed) > MANY:
        return _load(found.survey_id, found.run_id, found.names)
    edition = max(found.seen.edition, _edition(found.run_id))
    recent = sorted(found.seen.recent.union(event for event, _ in told))[-_late() :]
    seen = Seen(frozenset(recent), erased, edition)
    return replace(_changed(found, changed) if changed else found, seen=seen)


def _changed(found: Facts, ids: Collection[int]) -> Facts:
    """The same with some answers as they are now."""
    new: Columns = fact_rows.responses(found, ids)
    raised, said = fact_rows.mentions(found, new, ids)
    rows, there = fact_rows.rows_of(found.responses["id"], new["id"])
    new = {**new, **raised, "person": _people(found, new)}
    old = {**found.responses, "points": widened(found.responses["points"], raised["points"].shape[1])}
    is_new = np.ones(size(new), bool)
    is_new[there] = False
    mentions: Columns = take(found.mentions, ~np.isin(found.mentions["response"], list(ids)))
    responses = put(old, rows, take(new, there)) if len(there) else old
    if is_new.any():
        added = take(new, is_new)
        before = places(responses, fact_rows.IN_TIME, added)
        responses = insert(responses, before, added)
        moved = mentions["row"] + np.searchsorted(before, mentions["row"], "right")
        mentions = {**mentions, "row": moved}
    if size(said):
        said = {**said, "row": fact_rows.rows_of(responses["id"], said["response"])[0]}
        mentions = insert(mentions, places(mentions, fact_rows.SUREST, said), said)
    return replace(found, responses=responses, mentions=mentions)


def _people(found: Facts, new: Columns) -> Column:
    """The numbers of those who gave new answers: the ones they have, or the next."""
    named, every = found.responses["respondent"], new["respondent"].tolist()
    wanted = np.unique(new["respondent"])
    rows = _first_rows(named, wanted) if len(wanted) <= FEW else fact_rows.rows_of(named, wanted)[0]
    known = dict(zip(named[rows].tolist(), found.responses["person"][rows].tolist(), strict=True))
    strangers = [one for one in wanted.tolist() if one and one not in known]
    numbers = {0: -1, **known, **{one: found.people + place for place, one in enumerate(strangers)}}
    return np.fromiter((numbers[one] for one in every), np.int32)


def _first_rows(named: Column, wanted: Column) -> list[int]:
    return [int(row) for one in wanted for row in np.flatnonzero(named == one)[:1]]


def _told_since(found: Facts) -> list[tuple[int, int]]:
    """The events not seen yet, also late ones, and the answers they are about."""
    after = min(found.seen.recent) - 1 if len(found.seen.recent) >= _late() else 0
    query = sa.select(Event.id, Event.response_id).where(Event.survey_id == found.survey_id, Event.id > after)
    return [(event, response) for event, response in db.session.execute(query) if event not in found.seen.recent]


def _seen(survey_id: int, run_id: int | None) -> Seen:
    recent = frozenset(db.session.scalars(_recent(survey_id)))
    return Seen(recent, erasures(survey_id), _edition(run_id))


def _recent(survey_id: int) -> sa.Select[int]:
    """The newest events; on SQLite they are committed in their order, so that the last one says it all."""
    return sa.select(Event.id).where(Event.survey_id == survey_id).order_by(Event.id.desc()).limit(_late())


def _late() -> int:
    return 1 if db.engine.dialect.name == "sqlite" else LATE


def erasures(survey_id: int) -> int:
    """How many answers of a survey were ever erased."""
    return db.session.scalar(sa.select(Survey.erasures).where(Survey.id == survey_id)) or 0


def _edition(run_id: int | None) -> int:
    return db.session.scalar(sa.select(AnalysisRun.edition).where(AnalysisRun.id == run_id)) or 0
