"""A copy of a whole database that nobody uses, and the way back to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from faults.places import Place
from tests.postgresql import Server


class Copies(Protocol):
    """One copy, made anew with every `keep`."""

    def keep(self) -> None:
        """Copy it as it is now."""
        ...

    def put_back(self) -> None:
        """Make it what it was."""
        ...


class OfSqlite:
    """Files: whoever used the database has closed it, so that it is one."""

    def __init__(self, folder: Path) -> None:
        self.file, self.kept = folder / "whyscore.db", folder / "kept.db"

    def keep(self) -> None:
        """Copy the file."""
        shutil.copyfile(self.file, self.kept)

    def put_back(self) -> None:
        """Copy it back, without the log of what was written since."""
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)


class OfPostgresql:
    """A second database, made from the first as its template."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def keep(self) -> None:
        """Copy the database."""
        self.server.copy("whyscore", "kept")

    def put_back(self) -> None:
        """Copy it back."""
        self.server.copy("kept", "whyscore")


def of(place: Place) -> Copies:
    """Copies of the database of a place."""
    return OfPostgresql(place.server) if place.server else OfSqlite(Path(place.settings["DATA_DIR"]))
