"""What an operator watches, as Prometheus reads it. No words, no addresses, no identifiers of respondents."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from app.models import counts, now
from app.services.remembering import remembered

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by the server before anything is imported: where its processes count together
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
FRESH = 15  # seconds
ROOM = 2**20  # bytes on the disk of the counters
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each of ours, read by nobody
_here = CollectorRegistry()
_requests = Histogram(
    "whyscore_request_seconds",
    "Time from a request to the head of its answer, by route pattern.",
    ["method", "route", "status"],
    registry=_here,
    buckets=BUCKETS,
)


def observe(verb: str, route: str | None, status: int, seconds: float) -> None:
    """Count one answer. Names that a client makes up are counted together, so that they cannot fill the memory.

    On a disk that is full or read-only nothing is counted: it would cost an answer.
    """
    with suppress(OSError):
        if _has_room():
            _requests.labels(method(verb), route or "none", str(status)).observe(seconds)


def _has_room() -> bool:
    """The counters of several processes are mapped files: the kernel kills whoever touches a page without a place."""
    folder = os.environ.get(FOLDER)
    return folder is None or shutil.disk_usage(folder).free > ROOM


def method(name: str) -> str:
    """A method as it is told: one that a client made up is "other"."""
    return name if name in METHODS else "other"


def text() -> bytes:
    """Everything in the text format of Prometheus."""
    registry = _here
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    stored = CollectorRegistry()
    stored.register(Stored())
    return generate_latest(registry) + generate_latest(stored)


@dataclass(frozen=True, slots=True)
class Counted:
    """What takes long to count where there are many answers."""

    responses: tuple[tuple[str, str, int], ...]
    pending: tuple[tuple[str, int], ...]
    quarantined: tuple[tuple[str, int], ...]
    turned_away: tuple[tuple[str, int], ...]


def _counted() -> Counted:
    """Counted anew every quarter of a minute, however often it is asked."""
    return remembered(("counted", int(now().timestamp()) // FRESH), _count)


def _count() -> Counted:
    return Counted(
        tuple(counts.responses_by_group()),
        tuple(counts.pending_by_survey()),
        tuple(counts.quarantined_by_survey()),
        tuple(counts.turned_away_by_survey()),
    )


class Stored:
    """What the database says at the moment of asking."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The families, each with its samples."""
        yield _family(
            "whyscore_responses", "Responses that count.", ["survey", "group"],
            (([survey, group], count) for survey, group, count in _counted().responses),
        )  # fmt: skip
        yield _family(
            "whyscore_comments_pending", "Comments the current analysis has not read.", ["survey"],
            (([survey], count) for survey, count in _counted().pending),
        )  # fmt: skip
        yield _family(
            "whyscore_responses_quarantined", "Suspicious answers that wait.", ["survey"],
            (([survey], count) for survey, count in _counted().quarantined),
        )  # fmt: skip
        yield _family(
            "whyscore_responses_turned_away", "Suspicious answers that found the quarantine full.", ["survey"],
            (([survey], count) for survey, count in _counted().turned_away),
        )  # fmt: skip
        at = now()
        yield _family(
            "whyscore_deliveries", "Deliveries that wait (due) and that were given up (parked).", ["state"],
            (([state], count) for state, count in counts.deliveries_by_state()),
        )  # fmt: skip
        since = counts.due_since()
        age = max((at - since).total_seconds(), 0.0) if since else 0.0
        yield _family(
            "whyscore_outbox_age_seconds", "How long the oldest delivery or letter has been due.", [], [([], age)]
        )
        yield _family(
            "whyscore_heartbeat_age_seconds", "Time since a part of the installation last committed.", ["name"],
            (([name], (at - beat).total_seconds()) for name, beat in counts.heartbeats()),
        )  # fmt: skip
        yield _family("whyscore_database_bytes", "Size of the database.", [], [([], counts.database_bytes())])


def _family(
    name: str, meaning: str, labels: list[str], samples: Iterable[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family
