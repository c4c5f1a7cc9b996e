"""One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from app.importers.rows import Row, storable


def read(path: Path) -> Iterator[Row]:
    """Every object in order. A line that is none is a row with a fault, and reading goes on."""
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            if content.strip():
                yield _row(line, content)


def _row(line: int, content: bytes) -> Row:
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        return Row(line, fault="it is not UTF-8 text")
    except (ValueError, RecursionError):
        return Row(line, fault="it is not JSON")
    if not isinstance(values, dict):
        return Row(line, fault="it is not a JSON object")
    return Row(line, _flat(values))


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """An object under `attributes` counts as so many columns."""
    attributes = values.pop("attributes", None)
    flat = {**attributes, **values} if isinstance(attributes, dict) else values
    return {storable(name): storable(value) if isinstance(value, str) else value for name, value in flat.items()}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
