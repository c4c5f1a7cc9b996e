"""Letters on their way: leased to one sender at a time, tried again, and over when the link in them would be.

What is written when somebody asks holds no link. It is sealed here, for the mail alone, each time it is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import Letter, now
from app.models.transaction import stop_reading, writing
from app.notifiers.results import NotSent, Parcel, Sent
from app.services import letter_messages
from app.services.carriers import carrier
from app.services.schedule import MOST, pause
from app.services.sending import insist

log = logging.getLogger("whyscore.letters")

LEASE = timedelta(seconds=60)
LASTS = timedelta(hours=24)  # how long it is tried to send a link that works for a day


@dataclass(frozen=True, slots=True)
class Leased:
    """One try that is ours to make until the lease ends."""

    letter_id: int
    attempt: int
    until: datetime
    parcel: Parcel


def are_waiting() -> bool:
    """Whether a letter is to be sent now."""
    found = db.session.scalar(sa.select(Letter.id).where(*_due(now())).limit(1)) is not None
    stop_reading()
    return found


def drain() -> int:
    """Send until nothing is due or a try fails; how many tries were made."""
    tries = 0
    while (leased := lease()) is not None:
        outcome = _try(leased)
        insist(record, leased, outcome)
        tries += 1
        if isinstance(outcome, NotSent):
            break
    return tries


def lease() -> Leased | None:
    """The letter that has been due for longest, ours for a minute; those that nobody is to get go on the way."""
    with writing() as session:
        at = now()  # after the turn has come
        query = sa.select(Letter).where(*_due(at)).order_by(Letter.due_at, Letter.id)
        for letter in session.scalars(query.limit(MOST).with_for_update(skip_locked=True)):
            if (leased := _leased(letter, at)) is not None:
                return leased
    return None


def record(leased: Leased, outcome: Sent | NotSent) -> None:
    """Write down what became of a try."""
    held = sa.select(Letter).where(Letter.id == leased.letter_id, Letter.attempts == leased.attempt)
    held = held.where(Letter.state == "due", Letter.leased_until == leased.until)
    with writing() as session:
        letter = session.scalar(held.with_for_update())
        if letter is None:
            return
        letter.leased_until = None
        if isinstance(outcome, Sent):
            _end(letter, "done")
        elif outcome.again and letter.attempts < MOST:
            letter.last_reason, letter.due_at = outcome.reason, _again(letter)
        else:
            _end(letter, "parked", outcome.reason)


def states(invitation_ids: Iterable[int]) -> Mapping[int, Letter]:
    """What became of the letters of these invitations."""
    found = db.session.scalars(sa.select(Letter).where(Letter.invitation_id.in_(list(invitation_ids))))
    return {letter.invitation_id: letter for letter in found if letter.invitation_id is not None}


def _due(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Letter.state == "due", Letter.due_at <= at, sa.or_(Letter.leased_until.is_(None), Letter.leased_until <= at)


def _leased(letter: Letter, at: datetime) -> Leased | None:
    written = letter_messages.compose(letter)
    is_over = letter.attempts >= MOST or (letter.kind == "reset" and at >= letter.created_at + LASTS)
    if written is None or is_over:
        _end(letter, "parked", letter.last_reason or "over")
        return None
    letter.attempts += 1
    letter.leased_until = at + LEASE
    address, message = written
    known_as = f"letter-{letter.created_at.timestamp():.6f}"
    return Leased(letter.id, letter.attempts, at + LEASE, Parcel(address, known_as, b"", message, delivery=letter.id))


def _again(letter: Letter) -> datetime:
    """When it is tried again: never later than when it would be too late, so that nothing stays after that."""
    at = now() + pause(letter.attempts)
    return at if letter.kind == "invitation" else min(at, letter.created_at + LASTS)


def _end(letter: Letter, state: str, reason: str | None = None) -> None:
    """Of an invitation it stays known what became of its letter; nothing stays of what a visitor typed."""
    if letter.kind == "reset":
        db.session.delete(letter)
    letter.state, letter.last_reason = state, reason


def _try(leased: Leased) -> Sent | NotSent:
    """One try. A fault of our own is logged by its name alone, for its text may quote an address, and is no end."""
    try:
        outcome = carrier("email").send(leased.parcel)
    except Exception as error:
        outcome = NotSent(f"fault of ours: {type(error).__name__}")
    if isinstance(outcome, NotSent):
        log.warning("letter %s: %s", leased.letter_id, outcome.reason)
    return outcome
