"""Taking answers. An answer is stored once, changed on the record, and told to the outbox in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from app.analysis.text.clean import normalise
from app.errors import Invalid, NotFound, SurveyClosed, TooLateToChange
from app.extensions import db
from app.models import Respondent, Response, ResponseRevision, Survey, now, unread
from app.models.group_commits import together
from app.models.transaction import writing
from app.models.upsert import insert_once
from app.security import receipt_codes
from app.services import case_opening, events, loads, quarantine
from app.services.events import Told
from app.services.redaction import redacted

CHANGEABLE = timedelta(hours=24)
COMMENT_LIMIT = 4_000
LAST_ID = 2**63 - 1  # no database has a greater one, and SQLite refuses to look for it
Outcome = Literal["created", "changed", "repeated"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request says. `nonce` is the identity of the response it makes.

    `opens_case` is whether a low score may open a case; None for answers as they are given, not brought in. Words of
    before `words_since` have had their time: none are taken, and those that are there are left to retention.
    """

    nonce: str
    score: int
    source: str
    comment: str | None = None
    language: str | None = None
    touchpoint: str | None = None
    respondent: str | None = None
    identity: str = "anonymous"
    claimed_as: str | None = None
    mark: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = None
    monthly_revenue: float | None = None
    customer_since: date | None = None
    host: str | None = None
    layout_version: int | None = None
    has_load: bool = False
    quarantine: str | None = None
    created_at: datetime | None = None
    is_complete: bool = False
    opens_case: bool | None = None
    words_since: datetime | None = None

    @property
    def is_news(self) -> bool:
        """Whether somebody may want to be in touch because of it."""
        return case_opening.is_live(self.source) if self.opens_case is None else self.opens_case

    def has_old_words(self, at: datetime) -> bool:
        """Whether what it says has had its time, if it says itself no other time than this."""
        return self.words_since is not None and (self.created_at or at) < self.words_since


@dataclass(frozen=True, slots=True)
class Stored:
    """Which response holds the answer now, and whether it is new, changed or the same again."""

    response_id: int
    outcome: Outcome


def record(survey_id: int, answer: Answer) -> Stored:
    """Store an answer durably: returns only after the commit. A repeat changes nothing, another score is an edit."""
    try:
        return together(lambda: store(survey_id, answer))
    except quarantine.NoRoomError as full:
        loads.turn_away(survey_id, full.day)
        raise


def store(survey_id: int, answer: Answer) -> Stored:
    """The same inside the caller's transaction, for many answers at once."""
    survey = db.session.get(Survey, survey_id)
    if survey is None:
        raise NotFound("There is no such survey.")
    if not survey.is_open and answer.source == "widget":
        raise SurveyClosed("This survey is closed.")
    _check_score(survey, answer.score)
    respondent_id = _lock_respondent(survey.id, answer.respondent)
    response = _in_window(survey, respondent_id, answer) or _insert(survey, respondent_id, answer)
    if isinstance(response, int):
        return Stored(response, "created")
    return _repeat(survey, response, answer)


def change(
    survey_id: int,
    response_id: int,
    *,
    score: int | None,
    comment: str | None,
    keep: bool = False,
    has_expired: bool = False,
    suspicion: str | None = None,
) -> Stored:
    """Step 2: the comment and perhaps another score. With `keep` a comment already there stays.

    A receipt is good for a day, also where the answer of a known respondent may be changed for longer: who holds an
    old address has proved nothing.
    """

    def edit() -> Stored:
        response = _locked(Response.id == response_id, Response.survey_id == survey_id)
        if response is None:
            raise NotFound("There is no such answer.")
        survey = db.session.get_one(Survey, survey_id)
        if score is not None:
            _check_score(survey, score)
        text = response.comment if keep else _kept(survey, comment, response.language)
        limit = timedelta(0) if has_expired else _changeable(survey, response)
        outcome = _edit(response, response.score if score is None else score, text, limit, suspicion)
        response.completed_at = response.completed_at or now()
        return Stored(response.id, outcome)

    return together(edit)


def correct(
    survey_id: int, response_id: int, *, score: int, comment: str | None, suspicion: str | None = None
) -> Stored:
    """Score and comment as their author wants them, at any time and also in a closed survey; an edit on the record."""
    with writing():
        response = _locked(Response.id == response_id, Response.survey_id == survey_id)
        if response is None:
            raise NotFound("There is no such answer.")
        survey = db.session.get_one(Survey, survey_id)
        _check_score(survey, score)
        text = _kept(survey, comment, response.language)
        return Stored(response.id, _edit(response, score, text, None, suspicion))


def _check_score(survey: Survey, score: int) -> None:
    """Invalid for a score that is none of the survey's scale, whichever way it came."""
    scale = survey.measures.scores
    if score not in scale:
        text = f"Choose a number from {scale[0]} to {scale[-1]}."
        raise Invalid(f"score: {text}", {"score": [text]})


def find(survey_id: int, code: str) -> Response | None:
    """The response with this receipt code; None when there is none, or by a rare chance more than one."""
    known = receipt_codes.hashes(survey_id, code)
    query = sa.select(Response).where(Response.survey_id == survey_id, Response.code_hash.in_(known))
    found = db.session.scalars(query.limit(2)).all() if known else ()
    return found[0] if len(found) == 1 else None


def clean_comment(comment: str | None) -> str | None:
    """The comment without what no database takes, None for empty; Invalid when too long."""
    text = normalise(comment) if comment else None
    if text is not None and len(text) > COMMENT_LIMIT:
        raise Invalid(
            f"Shorten the comment to {COMMENT_LIMIT} characters.",
            {"comment": [f"At most {COMMENT_LIMIT} characters."]},
        )
    return text


def _kept(survey: Survey, comment: str | None, language: str | None) -> str | None:
    """The comment as it is stored, on every way by which one comes in."""
    return redacted(survey, clean_comment(comment), language)


def get(survey_id: int, response_id: int) -> Response:
    """One response of this survey, or NotFound."""
    query = sa.select(Response).where(Response.id == response_id, Response.survey_id == survey_id)
    response = db.session.scalar(query) if response_id <= LAST_ID else None
    if response is None:
        raise NotFound("There is no such answer.")
    return response


def latest_of(survey: Survey, subject: str) -> Response | None:
    """The answer of a known respondent inside the survey's window, if there is one."""
    respondent_id = sa.select(Respondent.id).where(Respondent.survey_id == survey.id, Respondent.subject == subject)
    return db.session.scalar(_recent(survey, respondent_id.scalar_subquery(), now()))


def _recent(survey: Survey, respondent_id: Any, at: datetime) -> sa.Select[Response]:
    since = at - timedelta(days=survey.window_days)
    query = sa.select(Response).where(Response.respondent_id == respondent_id, Response.created_at > since)
    return query.where(Response.source == "widget").order_by(Response.created_at.desc(), Response.id.desc()).limit(1)


def _lock_respondent(survey_id: int, subject: str | None) -> int | None:
    """Insert or lock the row, so that two devices of one person meet in one response."""
    if subject is None:
        return None
    insert_once(Respondent, {"survey_id": survey_id, "subject": subject, "created_at": now()})
    query = sa.select(Respondent.id).where(Respondent.survey_id == survey_id, Respondent.subject == subject)
    return db.session.scalar(query.with_for_update())


def _in_window(survey: Survey, respondent_id: int | None, answer: Answer) -> Response | None:
    if respondent_id is None or answer.source != "widget":
        return None
    return db.session.scalar(_recent(survey, respondent_id, now()))


def _insert(survey: Survey, respondent_id: int | None, answer: Answer) -> int | Response:
    """The id of the new row, or the row that already holds this nonce or external id."""
    at = now()
    if answer.quarantine is not None:
        quarantine.make_room(survey, answer.nonce, at)
    values = {name: getattr(answer, name) for name in COPIED} | {
        "survey_id": survey.id,
        "respondent_id": respondent_id,
        "comment": None if answer.has_old_words(at) else _kept(survey, answer.comment, answer.language),
        "attributes": dict(answer.attributes),
        "revision": 1,
        "counts": answer.quarantine is None,
        "created_at": answer.created_at or at,
        "updated_at": at,
        "completed_at": at if answer.is_complete else None,
        "code_hash": receipt_codes.new_hash(survey.id, answer.nonce) if answer.source == "widget" else None,
    }
    response_id = insert_once(Response, values)
    if response_id is None:
        return _already_there(survey.id, answer)
    if values["comment"] is not None and answer.quarantine is None:
        unread.mark_new(survey.id, response_id)
    events.tell("response.created", survey, Told(response_id, answer.score, 1, answer.quarantine, answer.source), at)
    if answer.is_news and answer.quarantine is None:
        case_opening.arrived(survey, response_id, answer.score, values["created_at"], at)
    return int(response_id)


COPIED = (
    "nonce", "external_id", "score", "language", "touchpoint", "identity", "claimed_as", "mark",
    "monthly_revenue", "customer_since", "source", "host", "layout_version", "has_load", "quarantine",
)  # fmt: skip


FACTS = ("language", "touchpoint", "monthly_revenue", "customer_since")


def _already_there(survey_id: int, answer: Answer) -> Response:
    same = Response.nonce == answer.nonce
    if answer.external_id is not None:
        same = sa.or_(same, Response.external_id == answer.external_id)
    response = _locked(Response.survey_id == survey_id, same)
    if response is None:
        raise NotFound("The answer was erased meanwhile.")
    return response


def _locked(*conditions: sa.ColumnElement[bool]) -> Response | None:
    return db.session.scalar(sa.select(Response).where(*conditions).with_for_update().limit(1))


def _repeat(survey: Survey, response: Response, answer: Answer) -> Stored:
    """The same score again is the same answer; another one is an edit, by a known respondent in the whole window."""
    if answer.source == "widget":
        comment = (
            _kept(survey, answer.comment, response.language) or response.comment
        )  # a form without words takes none away
        outcome = _edit(response, answer.score, comment, _changeable(survey, response), answer.quarantine)
        response.completed_at = response.completed_at or (now() if answer.is_complete else None)
        return Stored(response.id, outcome)
    is_better_known = _learn_facts(response, answer)
    is_old = answer.has_old_words(response.created_at)
    comment = response.comment if is_old else _kept(survey, answer.comment, response.language)
    outcome = _edit(response, answer.score, comment, None, opens_case=answer.is_news)
    if is_better_known and outcome == "repeated":
        events.tell("response.updated", survey, events.of(response), now())
    return Stored(response.id, "changed" if is_better_known else outcome)


def _changeable(survey: Survey, response: Response) -> timedelta:
    """How long an answer may be changed from the widget: by a known respondent as long as it is their one answer."""
    return timedelta(days=survey.window_days) if response.respondent_id else CHANGEABLE


def known(survey_id: int, answers: Sequence[Answer]) -> dict[str, Response]:
    """Those of a few hundred answers that are there already, by the nonce of the answer."""
    ids = [answer.external_id for answer in answers if answer.external_id is not None]
    same = Response.nonce.in_([answer.nonce for answer in answers]) | Response.external_id.in_(ids)
    found = db.session.scalars(sa.select(Response).where(Response.survey_id == survey_id, same)).all()
    by_nonce = {response.nonce: response for response in found}
    by_id = {response.external_id: response for response in found if response.external_id is not None}
    there = {answer.nonce: by_nonce.get(answer.nonce) or by_id.get(answer.external_id or "") for answer in answers}
    return {nonce: response for nonce, response in there.items() if response is not None}


def outcome(survey: Survey, response: Response, answer: Answer) -> Outcome:
    """What sending an answer would do to the one that is there, if a file brought it."""
    comment = _kept(survey, answer.comment, response.language)
    is_same = (answer.score, comment) == (response.score, response.comment)
    return "repeated" if is_same and not _new_facts(response, answer) else "changed"


def _learn_facts(response: Response, answer: Answer) -> bool:
    """Take over what a host now says about the person or the moment; whether anything was new."""
    new = _new_facts(response, answer)
    for name, value in new.items():
        setattr(response, name, value)
    return bool(new)


def _new_facts(response: Response, answer: Answer) -> dict[str, Any]:
    said = {name: getattr(answer, name) for name in FACTS} | {"attributes": dict(answer.attributes)}
    return {name: value for name, value in said.items() if value and value != getattr(response, name)}


def _edit(
    response: Response,
    score: int,
    comment: str | None,
    limit: timedelta | None,
    suspicion: str | None = None,
    opens_case: bool = False,
) -> Outcome:
    if (score, comment) == (response.score, response.comment):
        return "repeated"
    at, survey = now(), db.session.get_one(Survey, response.survey_id)
    if limit is not None and at - response.created_at > limit:
        raise TooLateToChange("This answer can no longer be changed.")
    db.session.add(
        ResponseRevision(
            response_id=response.id,
            revision=response.revision,
            score=response.score,
            comment=redacted(survey, response.comment, response.language),
        )
    )
    before, response.score, response.comment = response.score, score, comment
    response.revision += 1
    response.updated_at = at
    quarantine.hold(response, suspicion)
    unread.mark(response)
    events.tell("response.updated", survey, events.of(response), at)
    case_opening.follow(survey, response, at, before=before, may_open=opens_case)
    return "changed"
