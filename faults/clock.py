"""H70: the clock jumps while people answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from faults.clients import Crowd
from faults.judge import judge
from faults.kills import CLEAN, told
from faults.places import installed
from faults.rows import Row
from faults.sizes import Sizes

SHIFTED = ("-m", "gunicorn", "faults.shifted:app")
HOUR = 3_600
JUMPS = (-90, 0, -HOUR, 0, HOUR, 0, 30 * 24 * HOUR, 0)  # seconds from the real time


def jumps(sizes: Sizes) -> Iterator[Row]:
    """Nothing may be lost, and nobody be kept out for longer than one more press."""
    with installed("SQLite", (SHIFTED,)) as place:
        clock = place.folder / "clock"
        clock.write_text("0")
        place.settings["CLOCK"] = str(clock)
        place.start()
        place.wait()
        with Crowd(place.port, sizes.clients, may_say=(403, 422)) as crowd:
            waits = [_jump(clock, seconds, crowd, sizes.jump) for seconds in JUMPS]
        place.kill()
        verdict = judge(place, crowd.thanked)
    yield Row(
        id="H70",
        what=f"{len(JUMPS)} jumps of Python's clock by 90 s, an hour, 30 days, back and forth, under load on SQLite",
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{verdict}; {told(crowd)}; longest until the next thanks {max(waits):.1f} s",
        target=f"{CLEAN}; a refusal keeps the words and takes one more press",
        is_met=verdict.is_clean and not crowd.wrong and max(waits) < sizes.jump,
    )


def _jump(clock: Path, seconds: int, crowd: Crowd, pause: float) -> float:
    """Set the clock, see that people are still thanked, and go on for a while."""
    clock.write_text(str(seconds))
    waited = crowd.wait_for_one_more()
    time.sleep(pause)
    return waited
