"""Answers that a host's own program sends: each taken once, however often the request is repeated."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.errors import Invalid, NotFound, SurveyClosed
from app.extensions import db
from app.models import IdempotentAnswer, Survey, now
from app.models.listings import Listed
from app.models.transaction import writing
from app.models.upsert import insert_once
from app.services import listings, responses
from app.services.housekeeping import KEPT

KEY = re.compile(r"[\x21-\x7e]{1,200}")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks and time zones of others
STATUS = {"created": 201, "changed": 200, "repeated": 200}


@dataclass(frozen=True, slots=True)
class Submission:
    """One request to take an answer; `key` is its Idempotency-Key, `body` the bytes that were sent."""

    values: Mapping[str, Any]
    key: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The response as it is stored, the status of the answer, and whether this request is a repeat."""

    response: Listed
    status: int
    is_repeat: bool = False


def take(survey: Survey, submission: Submission) -> Taken:
    """Store the answer and remember the request in one transaction; a repeat of the request stores nothing."""
    _check(submission.key)
    with writing():
        if submission.key is None:
            return _store(survey.id, submission)
        digest = hashlib.sha256(submission.body).hexdigest()
        claim = _claim(survey.id, submission.key, digest)
        if claim is None:
            return _again(survey.id, submission.key, digest)
        taken = _store(survey.id, submission)
        _remember(claim, taken)
        return taken


def _check(key: str | None) -> None:
    if key is not None and not KEY.fullmatch(key):
        text = "Use 1 to 200 visible ASCII characters, without spaces."
        raise Invalid(text, {"Idempotency-Key": [text]})


def _claim(survey_id: int, key: str, digest: str) -> int | None:
    """The id of a new claim on this key, None if the key is taken. A concurrent repeat waits here for the first one."""
    at = now()
    same = (IdempotentAnswer.survey_id == survey_id, IdempotentAnswer.key == key)
    db.session.execute(sa.delete(IdempotentAnswer).where(*same, IdempotentAnswer.created_at < at - KEPT))
    values = {"survey_id": survey_id, "key": key, "body_hash": digest, "status": 0, "answer": {}, "created_at": at}
    claim: int | None = insert_once(IdempotentAnswer, values)
    return claim


def _again(survey_id: int, key: str, digest: str) -> Taken:
    """The first answer once more. Only the id was kept, so an erased response is not in this table either."""
    kept = db.session.scalars(
        sa.select(IdempotentAnswer).where(IdempotentAnswer.survey_id == survey_id, IdempotentAnswer.key == key)
    ).one()
    if kept.body_hash != digest:
        text = "This Idempotency-Key was used for another body within the last 24 hours."
        raise Invalid(text, {"Idempotency-Key": [text]})
    return Taken(_listed(survey_id, kept.answer["response_id"]), kept.status, is_repeat=True)


def _store(survey_id: int, submission: Submission) -> Taken:
    survey = db.session.get(Survey, survey_id)
    if survey is None:
        raise NotFound("There is no such survey.")
    if not survey.is_open:
        raise SurveyClosed("This survey is closed.")
    stored = responses.store(survey_id, _answer(survey, submission.values))
    return Taken(_listed(survey_id, stored.response_id), STATUS[stored.outcome])


def _answer(survey: Survey, values: Mapping[str, Any]) -> responses.Answer:
    """A key proves the host as a signature does, so a respondent whom the host names is verified."""
    return responses.Answer(
        **{**values, "created_at": _moment(survey, values.get("created_at"))},
        nonce=f"api:{secrets.token_hex(16)}",
        source="api",
        identity="verified" if values.get("respondent") else "anonymous",
        is_complete=True,
    )


def _moment(survey: Survey, moment: datetime | None) -> datetime | None:
    """The moment in UTC, of the survey's time zone where it names none; Invalid if nobody can have answered then."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(survey.timezone))
    if not EARLIEST <= aware <= now() + AHEAD:
        text = "Give a time from 1970 on that is at most a day ahead."
        raise Invalid(text, {"created_at": [text]})
    return aware.astimezone(UTC)


def _listed(survey_id: int, response_id: int) -> Listed:
    db.session.flush()  # an edit is not in the table yet
    return listings.one(db.session.get_one(Survey, survey_id), response_id)


def _remember(claim: int, taken: Taken) -> None:
    values = {"status": taken.status, "answer": {"response_id": taken.response.id}}
    db.session.execute(sa.update(IdempotentAnswer).where(IdempotentAnswer.id == claim).values(**values))
