"""Suspicious answers: stored with a reason, out of every number, and counted as soon as somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.errors import Invalid, TooMany
from app.extensions import db
from app.models import QuarantineDecision, Response, Survey, askings, now, triages, unread
from app.models.quarantines import DECISIONS
from app.models.transaction import writing
from app.models.upsert import insert
from app.security.suspicion import REASONS
from app.services import case_opening, events
from app.services.periods import day_of

ROOM = 1_000  # suspicious answers that a survey keeps in 24 hours; who floods it fills no disk
DAY = timedelta(days=1)
AT_ONCE = 200  # answers decided on in one transaction, so that others are taken in between


class NoRoomError(TooMany):
    """A suspicious answer that is not kept; `day` is the survey's day on which it came."""

    def __init__(self, day: date) -> None:
        super().__init__("Too many suspicious answers in one day.", retry_after=3_600)
        self.day = day


def make_room(survey: Survey, nonce: str, at: datetime) -> None:
    """NoRoomError when a new suspicious answer finds no room; one that is there already needs none."""
    newest = sa.select(Response.created_at).where(*_all(survey)).order_by(Response.id.desc())
    last_place = db.session.scalar(newest.offset(ROOM - 1).limit(1))
    if last_place is None or last_place <= at - DAY:
        return
    known = sa.select(Response.id).where(Response.survey_id == survey.id, Response.nonce == nonce)
    if db.session.scalar(known) is None:
        raise NoRoomError(day_of(at, survey))


def hold(response: Response, reason: str | None) -> None:
    """Take a counted answer out that was changed in a suspicious way. What somebody decided on stays decided."""
    if reason is not None and response.quarantine is None:
        response.quarantine, response.counts = reason, False


@dataclass(frozen=True, slots=True)
class Held:
    """An answer of the quarantine. `counts` says that somebody included it."""

    id: int
    score: int
    comment: str | None
    quarantine: str
    counts: bool
    created_at: datetime
    host: str | None
    touchpoint: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what about which answer."""

    id: int
    response_id: int
    made_at: datetime
    made_by: str
    decision: str


def turned_away(survey: Survey) -> int:
    """Suspicious answers of the last 30 days that found no room and were not kept."""
    return askings.turned_away(survey.id, day_of(now() - 30 * DAY, survey))


def waiting(survey_id: int) -> dict[str, int]:
    """How many answers wait, by reason; reasons without one are left out."""
    query = sa.select(Response.quarantine, sa.func.count()).where(
        Response.survey_id == survey_id,
        Response.quarantine.is_not(None),
        Response.counts.is_(False),
        ~triages.is_test(Response.id),
    )
    rows = db.session.execute(query.group_by(Response.quarantine).order_by(Response.quarantine))
    return {reason or "": count for reason, count in rows}


def listed(survey: Survey, limit: int, before: int | None = None) -> list[Held]:
    """What is or was in quarantine, the newest first, beginning after the one with the id `before`."""
    columns = (getattr(Response, name) for name in Held.__slots__)
    query = sa.select(*columns).where(*_all(survey)).order_by(Response.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Response.id < before)
    return [Held(*row) for row in db.session.execute(query)]


def decisions(survey: Survey, limit: int) -> list[Decision]:
    """What people decided, the newest first."""
    columns = (getattr(QuarantineDecision, name) for name in Decision.__slots__)
    query = sa.select(*columns).where(QuarantineDecision.survey_id == survey.id)
    rows = db.session.execute(query.order_by(QuarantineDecision.id.desc()).limit(limit))
    return [Decision(*row) for row in rows]


def decide(survey: Survey, who: str, decision: str, *, ids: Sequence[int] = (), reason: str | None = None) -> int:
    """Include answers in all numbers or exclude them again: the named ones, or all of one reason. How many changed.

    Invalid when neither is given, or one of the named ones is not in the quarantine of this survey.
    """
    _check(decision, ids, reason)
    changed = 0
    for part in _parts(survey, decision, ids, reason):
        with writing() as session:
            named = sa.select(Response).where(Response.id.in_(part))
            locked = session.scalars(named.with_for_update()).all()
            tests = session.scalars(named.where(triages.is_test(Response.id))).all()  # also those of a moment ago
            changed += _change(survey, [row for row in locked if row not in tests], who, decision)
    return changed


def _check(decision: str, ids: Sequence[int], reason: str | None) -> None:
    if decision not in DECISIONS:
        raise Invalid(f"Choose one of {', '.join(DECISIONS)}.", {"decision": ["There is no such decision."]})
    if bool(ids) == (reason is not None):
        raise Invalid("Name answers by their ids, or a reason.", {"ids": ["Give either ids or a reason."]})
    if reason is not None and reason not in REASONS:
        raise Invalid(f"Choose one of {', '.join(REASONS)}.", {"reason": ["There is no such reason."]})


def _parts(survey: Survey, decision: str, ids: Sequence[int], reason: str | None) -> list[list[int]]:
    """The ids to change. Named ones are all there or none is touched."""
    query = sa.select(Response.id).where(*_all(survey)).order_by(Response.id)
    if reason is not None:
        wrong = Response.counts.is_(decision == "exclude")
        found = list(db.session.scalars(query.where(Response.quarantine == reason, wrong)))
    else:
        found = list(db.session.scalars(query.where(Response.id.in_(ids))))
        if missing := sorted(set(ids) - set(found)):
            text = f"Not in the quarantine of this survey: {', '.join(map(str, missing))}."
            raise Invalid(text, {"ids": [text]})
    return [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]


def _change(survey: Survey, rows: Sequence[Response], who: str, decision: str) -> int:
    """Decide, tell the outbox and write down who did it, in one transaction."""
    at, is_included = now(), decision == "include"
    changed = [response for response in rows if response.counts != is_included]
    for response in changed:
        response.counts = is_included
        unread.mark(response)
        events.tell("response.updated", survey, events.of(response), at)
        case_opening.follow(survey, response, at)
    values = {"survey_id": survey.id, "made_at": at, "made_by": who, "decision": decision}
    insert(QuarantineDecision, [{**values, "response_id": response.id} for response in changed])
    return len(changed)


def _all(survey: Survey) -> tuple[sa.ColumnElement[bool], ...]:
    """What looked suspicious; a test is out of every number whatever is decided about it."""
    return Response.survey_id == survey.id, Response.quarantine.is_not(None), ~triages.is_test(Response.id)
