"""What webhooks of others bring: proven to be theirs, read by the mapping of the source, stored once by their id."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from limits import RateLimitItemPerMinute
from standardwebhooks import Webhook
from werkzeug.datastructures import Headers

from app import importers
from app.errors import Invalid, NotFound, NotSignedIn
from app.extensions import db
from app.importers import jsonl
from app.importers.dates import MONTH_FIRST, Order
from app.importers.reading import Manner
from app.importers.rows import Row
from app.models import AnswerSource, Survey, now
from app.security import rate_limits
from app.services import imports, source_notes, sources
from app.services.imports import Imported

A_MINUTE = RateLimitItemPerMinute(600, namespace="inbox")
MOST = 100  # answers in one request
TOLERANCE = timedelta(minutes=5)  # that a signature may be old, or ahead
MOST_DIGITS = 11  # of a time in seconds
UNSIGNED = "The signature is not one of this source, or older than five minutes."


def find(key: str, name: str) -> AnswerSource:
    """The webhook source that this address means; NotFound for none, and for one that is off."""
    query = sa.select(AnswerSource).join(Survey, Survey.id == AnswerSource.survey_id)
    is_its = (Survey.key == key, AnswerSource.name == name, AnswerSource.kind == "webhook", AnswerSource.is_on)
    source = db.session.scalar(query.where(*is_its))
    if source is None:
        raise NotFound("There is no such source.")
    return source


def prove(source: AnswerSource, headers: Headers, body: bytes) -> None:
    """Look whether the body is theirs, before anything reads it; NotSignedIn if not."""
    if not PROOFS[source.scheme](source, headers, body):
        raise NotSignedIn(UNSIGNED)
    rate_limits.spend((A_MINUTE,), f"{source.survey_id}:{source.name}")


def _by_standard(source: AnswerSource, headers: Headers, body: bytes) -> bool:
    """As Standard Webhooks sign. Their package would parse the body too, before we know whose it is, or how deep."""
    id_, sent, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (id_ and sent.isascii() and sent.isdecimal() and len(sent) <= MOST_DIGITS):
        return False
    at = datetime.fromtimestamp(int(sent), UTC)
    if abs(now() - at) > TOLERANCE:
        return False
    try:
        expected = Webhook(source.secret or "").sign(id_, at, body.decode())
    except ValueError:
        return False
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split(" "))


def _by_hmac(source: AnswerSource, headers: Headers, body: bytes) -> bool:
    """HMAC-SHA256 of the raw body, in hexadecimal or base64, with or without `sha256=` before it."""
    sent = headers.get(source.header, "").strip().removeprefix("sha256=")
    digest = hmac.new((source.secret or "").encode(), body, hashlib.sha256).digest()
    try:
        told = bytes.fromhex(sent) if len(sent) == 64 else base64.b64decode(sent, validate=True)
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(digest, told)


def _by_secret(source: AnswerSource, headers: Headers, _body: bytes) -> bool:
    sent = headers.get(source.header, "").strip().removeprefix("Bearer ")
    return hmac.compare_digest((source.secret or "").encode(), sent.encode("utf-8", "replace"))


PROOFS = {"standard": _by_standard, "hmac": _by_hmac, "secret": _by_secret}


def take(source: AnswerSource, value: Any, webhook_id: str) -> Imported:
    """Store what the body says, one answer or a list of them; Invalid says why nothing in it is an answer."""
    items = source.options["items"]
    inside = jsonl.at(value, items) if items else value
    found = inside if isinstance(inside, list) else [inside]
    if not found or len(found) > MOST or not all(isinstance(one, dict) for one in found):
        raise Invalid(f"Send an object, or 1 to {MOST} of them in a list{f' under {items}' if items else ''}.")
    manner = _manner(source)
    rows = [own_id(jsonl.of_object(line, one, manner), source.name) for line, one in enumerate(found, start=1)]
    if len(rows) == 1 and webhook_id and not rows[0].fault and not rows[0].values.get("external_id"):
        rows = [replace(rows[0], values={**rows[0].values, "external_id": f"{source.name}:{webhook_id}"[:200]})]
    taken = imports.bring_in(source.survey, rows, source=source.origin, opens_cases=True, by_itself=True)
    source_notes.note(source.id, taken)
    if not taken.outcomes:
        reasons = "; ".join(dict.fromkeys(reason for _, reason in taken.rejected))
        raise Invalid(f"This is no answer: {reasons}.")
    return taken


def _manner(source: AnswerSource) -> Manner:
    told = sources.told(source)
    order = Order(told.dates == MONTH_FIRST)
    return Manner(importers.PLAIN["jsonl"], told.columns, order, told.scale, metric=source.survey.measures)


def own_id(row: Row, name: str) -> Row:
    """The row with its id as one of this source: two sources may both have an answer 17."""
    given = {key: value for key, value in row.values.items() if key.lower() == "external_id" and str(value).strip()}
    return replace(row, values={**row.values, **{key: f"{name}:{value}" for key, value in given.items()}})
