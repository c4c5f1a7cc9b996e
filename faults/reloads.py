"""P33: web processes are replaced under load, as a deploy does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

from faults.clients import Crowd
from faults.judge import judge
from faults.kills import CLEAN, told
from faults.places import databases, installed
from faults.rows import Row
from faults.sizes import Sizes

SETTLED = 1.0  # seconds


def under_load(sizes: Sizes) -> Iterator[Row]:
    """SIGHUP replaces every worker; requests that are under way are answered."""
    for database in databases():
        with installed(database) as place:
            place.start()
            place.wait()
            with Crowd(place.port, sizes.clients) as crowd:
                for _ in range(sizes.reloads):
                    crowd.wait_for_one_more()
                    os.kill(place.running[0].pid, signal.SIGHUP)
                    time.sleep(SETTLED)
            place.kill()
            verdict = judge(place, crowd.thanked)
        yield Row(
            id="P33",
            what=f"{sizes.reloads} reloads under load on {database}",
            acknowledged=verdict.acknowledged,
            lost=verdict.lost,
            doubled=verdict.doubled,
            found=f"{verdict}; {told(crowd)}; connections cut {crowd.cut}",
            target=f"0 refused; {CLEAN}",
            is_met=verdict.is_clean and not crowd.wrong and not crowd.refused,
        )
