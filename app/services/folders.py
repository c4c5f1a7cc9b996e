"""The folder that all hosts must see: files of imports and exports, and what outlives the database."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from flask import current_app

MARK = "installation"  # the file that tells one shared folder from another


def shared() -> Path:
    """Where it is: SHARED_DIR, or DATA_DIR where there is one host."""
    return Path(current_app.config["SHARED_DIR"] or current_app.config["DATA_DIR"])


def mark() -> str:
    """The mark of this folder, made when it is first needed: hosts that read the same one see the same files."""
    file = shared() / MARK
    if not file.exists():
        _make(file)
    return file.read_text()


def _make(file: Path) -> None:
    """Written beside its place and linked there, so that of two hosts one makes it and nobody reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = file.with_name(f"{MARK}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as content:
            content.write(secrets.token_hex(8))
        with suppress(FileExistsError):
            os.link(own, file)
    finally:
        own.unlink(missing_ok=True)
