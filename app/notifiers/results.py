"""What every carrier is given, and the two things that can become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.notifiers.message import Message


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing on its way to one address. `id` never changes for what is told, `body` is what a webhook gets.

    `secrets` sign it, the newest first. A message is there for what is told to people, None for an answer's event.
    `delivery` tells the copies of a message apart that go to several addresses.
    """

    address: str
    id: str
    body: bytes
    message: Message | None = None
    secrets: Sequence[str] = ()
    delivery: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived."""

    status: int | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not: why in a short word of ours, and whether trying again can help.

    `wait` is for how many seconds the receiver asked for rest; `is_gone` that it wants nothing more, ever.
    """

    reason: str
    status: int | None = None
    again: bool = True
    wait: float | None = None
    is_gone: bool = False


class Carrier(Protocol):
    """Takes a parcel where it belongs."""

    def send(self, parcel: Parcel) -> Sent | NotSent:
        """Send it. Whatever happens on the way is an outcome, not an exception."""
        ...
