"""One round of telling: rules whose time has come are checked, news that is due is told, digests are sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from app.models import now
from app.services import alert_checks, digesting, telling

log = logging.getLogger("whyscore.telling")


def tell_people() -> int:
    """A round now; how many messages were written. What fails does not keep the rest, but is told in the end."""
    return go(now())


def go(at: datetime) -> int:
    """A round at this moment. Two at once are one: each message is written once."""
    failures: list[Exception] = []
    _each(alert_checks.due(at), lambda pair: alert_checks.check(pair[0], pair[1], at), failures)
    sent = _each([at], telling.tell, failures)
    sent += _each(digesting.due(at), lambda pair: digesting.send(pair[0], pair[1], at), failures)
    if failures:
        raise failures[0]
    return sent


def _each(things: Iterable[Any], work: Callable[[Any], int], failures: list[Exception]) -> int:
    done = 0
    for thing in things:
        try:
            done += work(thing)
        except Exception as error:
            log.error("telling: %s", type(error).__name__)
            failures.append(error)
    return done
