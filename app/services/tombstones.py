"""What was erased, without saying what it was: an older copy of the database that is put back loses it once more.

The file lies beside the database and not in it, so that it survives its replacement. A line is a keyed hash: whoever
guesses a person's id cannot tell from it whether they were here.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.services import folders

ONE_AT_A_TIME = 7712  # who writes a line
Marks = frozenset[tuple[str, str]]
MARKS = {"answer": "nonce", "respondent": "subject"}


def put_up(survey: str, kind: str, name: str) -> None:
    """Remember durably that an answer (by its nonce) or a respondent (by their id) was erased.

    Inside a transaction: on a network folder lines of several hosts are kept apart by its lock.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    line = json.dumps({"survey": survey, "mark": _mark(_keys()[0], survey, kind, name)}) + "\n"
    _path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(_path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _append(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)


def _append(file: int, line: bytes) -> None:
    """All of the line or nothing: half of one on a full disk would swallow the next."""
    before = os.fstat(file).st_size
    if os.write(file, line) < len(line):
        os.ftruncate(file, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read() -> Marks:
    """Survey and mark of everything that was ever erased; read again when the file has changed."""
    if not _path().is_file():
        return frozenset()
    state = _path().stat()
    version = (state.st_ino, state.st_size, state.st_mtime_ns)
    kept: tuple[object, Marks] = current_app.extensions.get("tombstones", (None, frozenset()))
    if kept[0] != version:
        lines = map(json.loads, _path().read_text().splitlines())
        kept = (version, frozenset((line["survey"], line["mark"]) for line in lines))
        current_app.extensions["tombstones"] = kept
    return kept[1]


def names(known: Marks, survey: str, kind: str, name: str) -> bool:
    """Whether one of the marks stands for this answer or respondent."""
    return any((survey, _mark(key, survey, kind, name)) in known for key in _keys())


def _mark(key: bytes, survey: str, kind: str, name: str) -> str:
    text = f"whyscore.tombstone.1\0{survey}\0{MARKS[kind]}\0{name}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    config = current_app.config
    return [key.encode() for key in (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])]


def _path() -> Path:
    return folders.shared() / "tombstones"
