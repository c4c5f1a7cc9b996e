"""Folders that files are dropped into: which of them are whole, where they go, and for how long."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.models import now
from app.services import folders

log = logging.getLogger("whyscore.sources")

SETTLED = 10.0  # seconds since a file was last written, after which it may be whole
LOOK = 2.0  # seconds between two looks at its size
KEPT = timedelta(days=1)  # that a file lies where it was moved to
STAMP = "%Y%m%d-%H%M%S-%f"
LONGEST = 150  # bytes of a file's own name, so that what stands around it fits
NOT_YET = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
DONE, REFUSED = "done", "refused"


def folder(key: str) -> Path:
    """Where files of a survey are dropped."""
    place = _inbox() / key
    for one in (place, place / DONE, place / REFUSED):
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def whole(key: str, settled: float) -> Iterator[Path]:
    """Files that nobody writes to any more: not written lately, and as large after a moment as before."""
    there = sorted(folder(key).iterdir())
    before = {path: seen for path in there if (seen := _seen(path)) and time.time() - seen[1] / 1e9 >= settled}
    if before and settled:
        time.sleep(LOOK)
    yield from (path for path, seen in before.items() if _seen(path) == seen)


def _seen(path: Path) -> tuple[int, int] | None:
    """Size and time of a file; None for a folder, a link, and what says itself that it is not whole."""
    with suppress(OSError):
        found = path.lstat()
        is_one = stat.S_ISREG(found.st_mode) and not path.name.startswith(".") and path.suffix.lower() not in NOT_YET
        return (found.st_size, found.st_mtime_ns) if is_one else None
    return None


def put_away(path: Path, where: str, report: str) -> None:
    """Move a file to those that are done or refused, and lay the report beside it."""
    name = f"{now():{STAMP}}-{os.fsdecode(os.fsencode(path.name)[-LONGEST:])}"
    target = path.parent / where / name
    path.rename(target)
    (target.parent / f"{name}.report.txt").write_text(report, encoding="utf-8")


def expire() -> None:
    """Remove a day later what is done or refused: files with their words."""
    for path in _put_away("*"):
        try:
            if now() - _since(path) > KEPT:
                path.unlink(missing_ok=True)
        except OSError as error:  # one that stays keeps no other
            log.error("a file that was brought in cannot be removed: %s", type(error).__name__)


def _since(path: Path) -> datetime:
    """When a file was put away, by its name: the times of the file itself are its owner's."""
    stamp = "-".join(path.name.split("-", 3)[:3])
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def forget(key: str) -> None:
    """Remove every file of a survey that was brought in: one of them may hold what is being erased."""
    for path in _put_away(key):
        path.unlink(missing_ok=True)


def _put_away(key: str) -> Iterator[Path]:
    for where in (DONE, REFUSED):
        yield from _inbox().glob(f"{key}/{where}/*")


def _inbox() -> Path:
    return folders.shared() / "inbox"
