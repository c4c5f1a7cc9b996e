"""F6 and its neighbours: a disk that is full, or takes no writes from the start or no more."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from faults.clients import Crowd
from faults.disks import MEGABYTES, Disk, no_room, read_only_view, small_disk
from faults.judge import judge
from faults.kills import told
from faults.places import GRACE, WEB, Place, installed
from faults.rows import Row, untried
from faults.sizes import Sizes

FULL = "0 false thanks, 0 lost, recovered without restart"
WHAT = f"disk of {MEGABYTES} MB full under load on SQLite"
TURNED = "0 false thanks, 0 lost, 0 doubled; /readyz red < 10 s; answers again after fsck and a start"
WHAT_TURNED = "disk (ext4) turns read-only after an error, under load on SQLite"
SOON = 10.0  # seconds until /readyz says so


def full(sizes: Sizes) -> Iterator[Row]:
    """F6: the file system of the database has no room for a while."""
    try:
        with small_disk() as disk, installed("SQLite", data=disk / "data") as place:
            place.start()
            place.wait()
            workers = place.workers()
            with Crowd(place.port, sizes.clients) as crowd:
                crowd.wait_for_one_more()
                with no_room(disk):
                    time.sleep(sizes.full)
                recovery = crowd.wait_for_one_more()
            is_same = place.workers() == workers
            place.kill()
            verdict = judge(place, crowd.thanked)
    except PermissionError as error:
        yield untried("F6", WHAT, str(error), FULL)
        return
    yield Row(
        id="F6",
        what=WHAT,
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{verdict}; {told(crowd)}; thanked again after {recovery:.1f} s"
        + ("" if is_same else "; WRONG: a worker was restarted"),
        target=FULL,
        is_met=verdict.is_clean and not crowd.wrong and is_same and crowd.refused[503] > 0,
    )


def turned_read_only(sizes: Sizes) -> Iterator[Row]:
    """The kernel finds an error in the file system and takes no more writes; repaired as docs/operations.md says."""
    try:
        with Disk.made() as disk, installed("SQLite", data=disk.folder / "data") as place:
            place.start()
            place.wait()
            with Crowd(place.port, sizes.clients) as crowd:
                crowd.wait_for_one_more()
                _until_ready(place, 200)
                time.sleep(sizes.spread)
                disk.fail()
                red = _until_ready(place, 503)
                time.sleep(sizes.full)
                place.kill()
                disk.repair()
                place.start()
                recovery = crowd.wait_for_one_more(GRACE)
            place.kill()
            verdict = judge(place, crowd.thanked)
    except PermissionError as error:
        yield untried("disk", WHAT_TURNED, str(error), TURNED)
        return
    yield Row(
        id="disk",
        what=WHAT_TURNED,
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=f"{verdict}; {told(crowd)}; /readyz red after {red:.1f} s; thanked {recovery:.1f} s after the repair",
        target=TURNED,
        is_met=verdict.is_clean and not crowd.wrong and red < SOON and crowd.refused[503] > 0,
    )


def _until_ready(place: Place, status: int) -> float:
    """How long it takes until /readyz answers so."""
    began = time.monotonic()
    while _ready(place) != status:
        if time.monotonic() - began > GRACE:
            raise TimeoutError(f"/readyz is not {status} after {GRACE:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


def _ready(place: Place) -> int:
    try:
        with urllib.request.urlopen(f"{place.settings['BASE_URL']}/readyz", timeout=SOON) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def no_writes(sizes: Sizes) -> Iterator[Row]:
    """A disk that takes none from the start, and one that takes no more."""
    yield from read_only(sizes)
    yield from turned_read_only(sizes)


def read_only(_sizes: Sizes) -> Iterator[Row]:
    """A data folder that takes no writes: the start must be refused by name, and nothing be changed."""
    what, target = "data folder on a read-only disk, on SQLite", "start refused by name; starts where it may write"
    try:
        with small_disk() as disk, installed("SQLite", data=disk / "data") as place:
            with read_only_view(disk) as view:
                place.settings["DATA_DIR"] = str(view / "data")
                place.start(WEB)
                ended = place.running[0].wait(GRACE)
                said = place.log.read_text()
            place.settings["DATA_DIR"] = str(disk / "data")
            place.kill()
            place.start()
            place.wait()
    except PermissionError as error:
        yield untried("disk", what, str(error), target)
        return
    named = [line for line in said.splitlines() if "read-only" in line.lower()]
    found = f"status {ended}: {named[-1] if named else said[-200:]}"
    yield Row(id="disk", what=what, found=found, target=target, is_met=bool(named) and ended != 0)
