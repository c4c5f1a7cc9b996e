"""The outbox: what happened to an answer is written in the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.models import Event, Response, Survey
from app.models.upsert import insert_once
from app.services import outbox


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of an answer. `quarantine` is why it does not count, None if it does; `source` is not told."""

    response_id: int
    score: int
    revision: int
    quarantine: str | None
    source: str


def of(response: Response) -> Told:
    """What there is to tell of a stored answer."""
    held = None if response.counts else response.quarantine or "test"
    return Told(response.id, response.score, response.revision, held, response.source)


def tell(kind: str, survey: Survey, told: Told, at: datetime) -> None:
    """Write event and deliveries beside the response: all are there after the commit, or none.

    Webhooks do not get what a file brings: it is old news, and there may be a million of it.
    """
    data = {
        "id": told.response_id,
        "survey": survey.key,
        "score": told.score,
        "group": survey.measures.name_of(survey.measures.group_of(told.score)),
        "revision": told.revision,
        "quarantine": told.quarantine,
    }
    event = {
        "webhook_id": outbox.new_webhook_id(),
        "type": kind,
        "survey_id": survey.id,
        "response_id": told.response_id,
        "body": outbox.body(kind, at, data),
        "created_at": at,
    }
    event_id = insert_once(Event, event)
    if told.source.partition(":")[0] != "import":
        outbox.deliver_event(survey.id, event_id, kind, at)
