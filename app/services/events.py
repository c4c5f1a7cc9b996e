"""The outbox: what happened to an answer is written in the transaction in which it happened."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from app.analysis.nps.groups import group_of
from app.models import Event, Response, Survey
from app.models.upsert import insert


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of an answer. `quarantine` is why it does not count, None if it does."""

    response_id: int
    score: int
    revision: int
    quarantine: str | None


def of(response: Response) -> Told:
    """What there is to tell of a stored answer."""
    why = None if response.counts else response.quarantine or "test"
    return Told(response.id, response.score, response.revision, why)


def tell(kind: str, survey: Survey, told: Told, at: datetime) -> None:
    """Write the event beside the response: both are there after the commit, or neither."""
    data = {
        "id": told.response_id,
        "survey": survey.key,
        "score": told.score,
        "group": group_of(told.score),
        "revision": told.revision,
        "quarantine": told.quarantine,
    }
    body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"))
    event = {
        "webhook_id": f"msg_{secrets.token_urlsafe(18)}",
        "type": kind,
        "survey_id": survey.id,
        "response_id": told.response_id,
        "body": body.encode(),
        "created_at": at,
    }
    insert(Event, [event])
