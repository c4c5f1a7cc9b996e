"""Looking through the answers: which are new, read, done or archived, and which were only tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import Case, QuarantineDecision, Response, Survey, Triage, case_lists, listings, now, triages, unread
from app.models.listings import Listed, Position
from app.models.transaction import writing
from app.models.triages import TRIAGES
from app.models.upsert import insert, put
from app.reports.filters import Filters
from app.services import case_opening, events
from app.services.listings import view

MARKS = ("read", "done", "archived", "new", "test", "real", "case")
MOST = 200  # answers marked in one transaction, so that others are taken in between


@dataclass(frozen=True, slots=True)
class Looked:
    """An answer, where it stands, and the id of its case if it has one."""

    response: Listed
    state: str
    is_test: bool
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some answers, and where the next ones begin: None after the last."""

    answers: Sequence[Looked]
    next: Position | None
    is_withheld: bool


def page(survey: Survey, filters: Filters, which: str | None, limit: int, after: Position | None = None) -> Page:
    """The answers that pass the filters, the newest first. Without `which` those that count and are not archived."""
    connection = db.session.connection()
    shown = view(connection, survey, filters, with_quarantine=which == "test")
    shown = replace(shown, conditions=[*shown.conditions, _in(which)])
    found = listings.part(connection, shown, limit + 1, after, newest_first=True)
    answers = found[:limit]
    onward = answers[-1].position if len(found) > limit else None
    return Page(_looked(answers), onward, shown.is_withheld)


def _in(which: str | None) -> sa.ColumnElement[bool]:
    of_response = Triage.response_id == Response.id
    if which == "test":
        return triages.is_test(Response.id)
    if which == "new":
        return ~sa.exists().where(of_response, Triage.state != "new")
    if which is None:
        return ~sa.exists().where(of_response, Triage.state == "archived")
    return sa.exists().where(of_response, Triage.state == which)


def _looked(answers: Sequence[Listed]) -> list[Looked]:
    ids = [answer.id for answer in answers]
    rows = {row.response_id: row for row in db.session.scalars(sa.select(Triage).where(Triage.response_id.in_(ids)))}
    cases = case_lists.of_responses(ids)
    return [_one(answer, rows.get(answer.id), cases) for answer in answers]


def _one(answer: Listed, row: Triage | None, cases: Mapping[int, Case]) -> Looked:
    case = cases.get(answer.id)
    return Looked(answer, row.state if row else "new", bool(row and row.is_test), case.id if case else None)


def mark(survey: Survey, who: str, ids: Sequence[int], what: str) -> int:
    """Mark answers of this survey: all that are named or none; how many. "case" opens a case for each without one."""
    _check(ids, what)
    with writing() as session:
        query = sa.select(Response).where(Response.survey_id == survey.id, Response.id.in_(ids)).order_by(Response.id)
        found = session.scalars(query.with_for_update()).all()
        if missing := sorted(set(ids) - {response.id for response in found}):
            text = f"Not among the answers of this survey: {', '.join(map(str, missing))}."
            raise Invalid(text, {"ids": [text]})
        _mark(survey, who, found, what)
    return len(found)


def _check(ids: Sequence[int], what: str) -> None:
    if what not in MARKS:
        raise Invalid(f"Choose one of {', '.join(MARKS)}.", {"mark": ["Say as what to mark them."]})
    if not 1 <= len(ids) <= MOST:
        text = f"Tick 1 to {MOST} answers."
        raise Invalid(text, {"ids": [text]})


def _mark(survey: Survey, who: str, found: Sequence[Response], what: str) -> None:
    if what == "case":
        return _open_cases(survey, found)
    told = {"is_test": what == "test"} if what in {"test", "real"} else {"state": what}
    for response in found:
        given = {"survey_id": survey.id, "made_by": who, "made_at": now(), **told}
        put(Triage, {"response_id": response.id}, given)
        if "is_test" in told:
            _count(survey, response, is_test=told["is_test"] is True)
    return None


def _count(survey: Survey, response: Response, *, is_test: bool) -> None:
    """A test leaves every number at once, and its case is closed; what is none after all is counted as before."""
    counts = not is_test and (response.quarantine is None or _is_included(response.id))
    if response.counts != counts:
        response.counts = counts
        unread.mark(response)
        events.tell("response.updated", survey, events.of(response), now())
        case_opening.follow(survey, response, now())


def _is_included(response_id: int) -> bool:
    query = sa.select(QuarantineDecision.decision).where(QuarantineDecision.response_id == response_id)
    return db.session.scalar(query.order_by(QuarantineDecision.id.desc()).limit(1)) == "include"


def _open_cases(survey: Survey, found: Sequence[Response]) -> None:
    known = case_lists.of_responses(response.id for response in found)
    fresh = [one for one in found if one.counts and one.id not in known]
    insert(Case, [case_opening.values(survey, response.id, now()) for response in fresh])


def states() -> tuple[str, ...]:
    """What the list of answers can be narrowed to."""
    return ("new", *TRIAGES, "test")
