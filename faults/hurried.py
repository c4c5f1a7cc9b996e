"""`python -m faults.hurried`: the jobs as they are, with their waits shortened: days become seconds.

Only numbers are changed that the modules name, before anything runs; not a line of the sender is another one.
"""

from __future__ import annotations

from datetime import timedelta

from app import create_app, jobs, sender
from app.services import deliveries, failing, schedule

PAUSES = 40_000  # so much shorter are the pauses between two tries of one delivery,
RESTS = 2_000  # and so much the rests of a channel
LEASE = timedelta(seconds=1)  # instead of a minute: the lease of a killed sender has to end before anybody goes on
LOOK_EVERY = 0.05  # seconds


def hurry() -> None:
    """Shorten every wait between two tries."""
    schedule.PAUSES = tuple(pause / PAUSES for pause in schedule.PAUSES)
    for name in ("SHORTEST", "FIRST_REST", "LONGEST_REST", "ONCE_MORE"):
        setattr(failing, name, getattr(failing, name) / RESTS)
    deliveries.LEASE = LEASE
    sender.LOOK_EVERY = LOOK_EVERY


if __name__ == "__main__":
    hurry()
    jobs.run(create_app(role="jobs"))
