"""Sending what waits for one channel: one at a time, in the order in which it became due."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from app.models.transaction import NotSavedError
from app.notifiers.results import NotSent, Sent
from app.services import deliveries
from app.services.carriers import carrier
from app.services.deliveries import Leased

log = logging.getLogger("whyscore.sending")

IN_A_ROW = 30.0  # seconds; then another channel may have the place
WHEN_BUSY = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between two attempts to write, well within a lease


def drain(channel_id: int) -> int:
    """Send until nothing is due there, a try fails or others should have their turn; how many tries were made."""
    until, tries = time.monotonic() + IN_A_ROW, 0
    while time.monotonic() < until:
        leased = deliveries.lease(channel_id)
        if leased is None:
            break
        insist(deliveries.record, leased, _try(leased))
        tries += 1
    return tries


def insist(record: Callable[..., None], *tried: object) -> None:
    """Insist on writing down what became of a try: what is not known to have arrived is sent again."""
    for pause in WHEN_BUSY:
        try:
            return record(*tried)
        except NotSavedError:
            time.sleep(pause)
    return record(*tried)


def _try(leased: Leased) -> Sent | NotSent:
    """One try. A fault of our own is logged by its name alone, for its text may quote an address, and is no end."""
    try:
        return carrier(leased.kind).send(leased.parcel)
    except Exception as error:
        log.error("delivery %s: %s", leased.delivery_id, type(error).__name__)
        return NotSent(f"fault of ours: {type(error).__name__}")
