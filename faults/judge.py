"""Compares what was acknowledged with what the tables hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from faults.clients import Thanked
from faults.places import Place


@dataclass(frozen=True)
class Verdict:
    """`lost` were thanked for and are not there as sent; `doubled` are there more than once; `unmatched` responses
    have no event or more than one, or events have no response; `integrity` is "ok" or what is broken."""

    acknowledged: int
    lost: int
    doubled: int
    unmatched: int
    integrity: str

    @property
    def is_clean(self) -> bool:
        """Whether everything is as promised."""
        return (self.lost, self.doubled, self.unmatched, self.integrity) == (0, 0, 0, "ok")

    def __str__(self) -> str:
        return f"outbox difference {self.unmatched}, integrity {self.integrity}"


def judge(place: Place, thanked: Mapping[str, Thanked], after: int = 0) -> Verdict:
    """Look into the tables of a place where nobody writes any more, at what came after an answer of this id."""
    with place.inside():
        return look(thanked, after)


def look(thanked: Mapping[str, Thanked], after: int = 0) -> Verdict:
    """The same inside an application."""
    from app.extensions import db
    from app.models import Event, Response

    columns = (Response.comment, Response.nonce, Response.id, Response.score)
    query = sa.select(*columns).where(Response.id > after)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    created = sa.select(Event.response_id).where(Event.type == "response.created", Event.response_id > after)
    told = db.session.scalars(created)
    return Verdict(
        acknowledged=len(thanked),
        lost=len({(words, one.nonce, one.response_id, one.score) for words, one in thanked.items()} - set(rows)),
        doubled=len(rows) - len({words for words, *_ in rows}),
        unmatched=unmatched([row[2] for row in rows], list(told)),
        integrity=integrity(),
    )


def unmatched(ids: list[int], told: list[int]) -> int:
    """How many responses have not exactly one event, and how many events no response."""
    return sum((Counter(ids) - Counter(told) + (Counter(told) - Counter(ids))).values())


def integrity() -> str:
    """What the database itself, its references and `doctor` say."""
    from app.extensions import db
    from app.services import installation

    found = list(installation.problems())
    if db.engine.dialect.name == "sqlite":
        found += [row[0] for row in db.session.execute(sa.text("PRAGMA integrity_check(1)")) if row[0] != "ok"]
        found += [str(row) for row in db.session.execute(sa.text("PRAGMA foreign_key_check"))]
    return "; ".join(found) or "ok"
