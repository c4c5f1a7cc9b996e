"""What a receiver wrote down, held against the events of the database."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from standardwebhooks import Webhook


@dataclass(frozen=True)
class Arrivals:
    """Events by what became of them. `unsigned` are arrivals whose signature is not the one of their bytes."""

    arrived: int
    missing: int
    unknown: int
    doubled: int
    differing: int
    unsigned: int
    delays: tuple[float, ...]

    @property
    def is_clean(self) -> bool:
        """Whether everything arrived, unaltered and signed."""
        return not any((self.missing, self.unknown, self.differing, self.unsigned))

    @classmethod
    def read(cls, log: Path) -> Self:
        """Compare, inside an application."""
        from app.extensions import db
        from app.models import Channel, Event

        db.session.rollback()
        sent = {one.webhook_id: one for one in db.session.scalars(sa.select(Event).order_by(Event.id))}
        secrets = {one.survey_id: one.secret or "" for one in db.session.scalars(sa.select(Channel))}
        bodies, first = defaultdict[str, Counter[str]](Counter), dict[str, float]()
        unsigned = 0
        for line in lines(log):
            id_ = line["headers"]["webhook-id"]
            bodies[id_][line["body"]] += 1
            first.setdefault(id_, line["at"])
            unsigned += id_ in sent and not is_signed(line, secrets[sent[id_].survey_id])
        known = bodies.keys() & sent.keys()
        return cls(
            arrived=len(known),
            missing=len(sent.keys() - bodies.keys()),
            unknown=len(bodies.keys() - sent.keys()),
            doubled=sum(seen.total() > 1 for seen in bodies.values()),
            differing=sum(set(bodies[id_]) != {sent[id_].body.decode()} for id_ in known),
            unsigned=unsigned,
            delays=tuple(first[id_] - sent[id_].created_at.timestamp() for id_ in sent if id_ in known),
        )


def is_signed(line: Mapping[str, Any], secret: str) -> bool:
    """Whether the signature is the one of these bytes at the time it names."""
    headers = line["headers"]
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return bool(Webhook(secret).sign(headers["webhook-id"], at, line["body"]) in headers["webhook-signature"].split())


def lines(log: Path) -> list[dict[str, Any]]:
    """What was written; a line that a kill cut off was never acknowledged."""
    whole = log.read_text().rpartition("\n")[0] if log.is_file() else ""
    return [json.loads(line) for line in whole.splitlines()]


def count_lines(log: Path) -> int:
    """How much has arrived."""
    return log.read_bytes().count(b"\n") if log.is_file() else 0
