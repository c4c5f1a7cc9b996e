"""Files with answers given elsewhere. An importer turns a file into rows; what a row means is decided once, for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from app.importers import csv, jsonl
from app.importers.rows import Row

FORMATS: dict[str, Callable[[Path], Iterator[Row]]] = {"csv": csv.read, "jsonl": jsonl.read}


def read(path: Path, file_format: str | None = None) -> Iterator[Row]:
    """The rows of a file, by the format named or, without one, by the file's ending."""
    return FORMATS[file_format or guess(path)](path)


def guess(path: Path) -> str:
    """The format that the file's ending speaks for."""
    return "jsonl" if path.suffix.lower() in {".jsonl", ".ndjson"} else "csv"
