"""JSON documents, which become lines of JSON before they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.importers import jsonl
from app.importers.rows import UnreadableFileError
from app.security.uploads import MEGABYTE
from app.services import work_files

MOST = 20 * MEGABYTE  # a document is in memory as a whole, lines are not


def lines(path: Path, items: str, name: str) -> Path:
    """The answers of a document, `items` being the field that holds them, in a work file of this name."""
    with work_files.create(name) as file:
        file.writelines(json.dumps(item).encode() + b"\n" for item in _items(path, items))
    return work_files.path(name)


def _items(path: Path, items: str) -> list[Any]:
    if path.stat().st_size > MOST:
        raise UnreadableFileError(f"JSON may have {MOST // MEGABYTE} MB here. Put larger files as JSON lines or CSV.")
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("This is not JSON.") from error
    inside = jsonl.at(value, items) if items else value
    if not isinstance(inside, list):
        raise UnreadableFileError(f"There is no list{f' under {items}' if items else ''} in this JSON.")
    return inside
