"""F6 and its neighbours: a disk that is full, or takes no more writes."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from faults.clients import Crowd
from faults.judge import judge
from faults.kills import told
from faults.places import GRACE, WEB, installed
from faults.rows import Row, untried
from faults.sizes import Sizes

MEGABYTES = 16
FULL = "0 false thanks, 0 lost, recovered without restart"
WHAT = f"disk of {MEGABYTES} MB full under load on SQLite"


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


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes in memory; PermissionError where we may not mount one."""
    with tempfile.TemporaryDirectory(prefix="faults-disk-") as folder:
        mount("-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*words: str) -> None:
    """Mount; PermissionError says why it cannot be."""
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(f"mount: {done.stderr.strip()[:120]}")


@contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Fill it to the last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    try:
        yield
    finally:
        filler.unlink()


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


@contextmanager
def read_only_view(disk: Path) -> Iterator[Path]:
    """The same files under another name that takes no writes."""
    with tempfile.TemporaryDirectory(prefix="faults-view-") as folder:
        mount("--bind", str(disk), folder)
        try:
            mount("-o", "remount,bind,ro", folder)
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
