"""Copies of the database, each proved to be whole before it gets its name; and the way back to one of them."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.errors import Invalid
from app.extensions import db
from app.models import moving, now
from app.services import backup_files, erasure, folders, heartbeats, installation

NAME = re.compile(r"whyscore-\d{8}T\d{6}Z\.(db|dump)")


def make(target: Path | None = None, keep: int | None = None) -> Path:
    """Copy the database as it is now, while it goes on being used; returns the file.

    `target` is a new file, a folder, or nothing for the usual folder. With `keep`, older copies in the same folder go
    until so many are left.
    """
    file = _place(target)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        backup_files.kind().copy(unfinished)
        moving.sync(unfinished)
        unfinished.rename(file)
        moving.sync(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    _note(file)
    _remove_older(file.parent, keep)
    return file


def restore(file: Path) -> tuple[Path, int]:
    """Put a copy in the place of the database; returns where the replaced one is kept, and how many answers went again.

    Those were erased after the copy was made. Invalid if the file is no whole copy that this version
    can read, or if something runs on the database; then nothing was changed.
    """
    kind = backup_files.kind()
    kind.check(file)
    if (found := moving.here()) is not None:
        raise Invalid(f"This installation is {found}. Take that back first: flask --app wsgi copy-to --undo-move")
    if _is_running():
        raise Invalid(backup_files.RUNNING)
    kept = kind.replace(file, f"{_moment()}-{secrets.token_hex(4)}")
    _note(kept, is_replaced=True)
    installation.upgrade()
    return kept, erasure.erase_again()


def _is_running() -> bool:
    """A damaged database cannot tell, and is what restoring is for."""
    try:
        return heartbeats.is_alive("jobs")
    except sa.exc.DatabaseError:
        return False
    finally:
        db.session.remove()


def last() -> datetime | None:
    """When the last copy was made, None before the first."""
    made = [line["at"] for line in _noted() if not line["is_replaced"]]
    return datetime.fromisoformat(made[-1]) if made else None


def known() -> list[Path]:
    """Every copy that is still where it was put, replaced databases among them: they hold what was erased since."""
    return [file for file in map(Path, dict.fromkeys(line["file"] for line in _noted())) if file.is_file()]


def folder() -> Path:
    """Where copies go unless somebody says otherwise."""
    given = current_app.config["BACKUP_DIR"]
    data = Path(current_app.config["DATA_DIR"])
    return Path(given) if given else data.with_name(f"{data.name}-backups")


def _place(target: Path | None) -> Path:
    target = (target or folder()).resolve()
    inside = (Path(current_app.config["DATA_DIR"]), folders.shared())
    if any(target.is_relative_to(place.resolve()) for place in inside):
        raise Invalid(
            "Keep backups outside DATA_DIR and SHARED_DIR, best on another disk: what takes one must not take both."
        )
    is_file = target.suffix in {".db", ".dump"} and not target.is_dir()
    file = target if is_file else target / f"whyscore-{_moment()}{backup_files.kind().suffix}"
    if file.exists():
        raise Invalid(f"{file} exists, and no backup is written over another. Name a new file or a folder.")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return file


def _moment() -> str:
    return f"{now():%Y%m%dT%H%M%SZ}"


def _note(file: Path, *, is_replaced: bool = False) -> None:
    """Remember it beside the data, so that health and erasure know of it."""
    line = json.dumps({"at": now().isoformat(), "file": str(file), "is_replaced": is_replaced}) + "\n"
    _log().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(_log(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as log:
        log.write(line)


def _noted() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _log().read_text().splitlines()] if _log().is_file() else []


def _log() -> Path:
    return folders.shared() / "backups"


def _remove_older(where: Path, keep: int | None) -> None:
    if keep is not None:
        for file in _ours(where)[: -max(keep, 1)]:
            file.unlink()


def _ours(where: Path) -> Sequence[Path]:
    return sorted(file for file in where.iterdir() if NAME.fullmatch(file.name))
