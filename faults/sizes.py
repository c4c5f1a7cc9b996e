"""How much of each fault: the whole campaign, what a variable of the environment says instead, or a taste for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Sizes:
    """The defaults are those of `make faults`; `FAULT_KILLS=10 make faults` changes one."""

    kills: int = 100  # of the whole process group on SQLite
    kills_in_turn: int = 40  # of the application and of the postmaster in turn, on PostgreSQL
    acknowledged: int = 20_000  # answers that the kills of SQLite must have interrupted at least
    clients: int = 24
    spread: float = 3.0  # seconds from the first new acknowledgement to the kill, at most
    jobs: int = 1  # job runners that are killed with the web
    minutes: float = 12.0  # that one campaign of kills may take
    worker_kills: int = 20
    host_kills: int = 20  # of two web hosts, two workers and Redis, with each queue
    forms: int = 5_000  # sent one to five times at once, on each database; 50000 is the figure of the reference
    seconds: int = 45  # of sustained load
    writers: int = 8  # processes that write by naive settings and by ours
    away: float = 60.0  # seconds without PostgreSQL
    locked: float = 12.0  # seconds in which nobody else can write
    full: float = 10.0  # seconds without room on the disk
    jump: float = 3.0  # seconds between two jumps of the clock
    events: int = 10_000
    told: int = 200  # answers whose delivery is timed while all is well
    sender_kills: int = 20  # on both databases together, and as many of the receiver
    backups: int = 50  # of both databases together
    migration_kills: int = 20  # on the way from each schema, on both databases together
    revisions: int = 1_000  # schemas to begin from, at most
    answers: int = 2_000  # that a migration carries over
    comments: int = 300  # that an analysis reads
    analysis_kills: int = 50
    readers: int = 20
    reloads: int = 20
    soak: float = 2.0  # minutes; 120 for the figure of the reference
    million: int = 1_000_000  # answers already in the table

    @classmethod
    def from_environment(cls) -> Sizes:
        """The defaults, changed by variables such as FAULT_KILLS."""
        usual, names = cls(), {f"FAULT_{one.name.upper()}": one.name for one in fields(cls)}
        given = {names[name]: text for name, text in os.environ.items() if name in names}
        return replace(usual, **{name: type(getattr(usual, name))(text) for name, text in given.items()})


TASTE = Sizes(
    kills=3, kills_in_turn=3, acknowledged=60, clients=12, spread=0.5, jobs=0, minutes=1.0, worker_kills=2,
    host_kills=2, forms=40, seconds=2, away=3.0, locked=1.0, full=1.5, events=80, told=0, sender_kills=2, backups=4,
    migration_kills=6, revisions=1, answers=50, comments=40, analysis_kills=2, readers=3, soak=0.05,
)  # fmt: skip
