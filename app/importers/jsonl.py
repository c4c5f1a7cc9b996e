"""One JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from app.importers.reading import Manner, meant
from app.importers.rows import NAMES, Row, storable

ABSENT = object()


def read(path: Path, manner: Manner) -> Iterator[Row]:
    """Every object in order. A line that is none is a row with a fault, and reading goes on."""
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            if content.strip():
                yield _row(line, content, manner)


def _row(line: int, content: bytes, manner: Manner) -> Row:
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        return Row(line, fault="it is not UTF-8 text")
    except (ValueError, RecursionError):
        return Row(line, fault="it is not JSON")
    if not isinstance(values, dict):
        return Row(line, fault="it is not a JSON object")
    return of_object(line, values, manner)


def of_object(line: int, values: dict[str, Any], manner: Manner) -> Row:
    """What one object says. Where people said what its fields mean, these are taken from wherever they stand."""
    flat = _flat(dict(values))
    places = {name: at(values, name) for name in manner.columns}
    rest = {name: value for name, value in flat.items() if name not in places and not _is_around(name, manner)}
    said = {name: _text(value) for name, value in (places | rest).items()}
    columns = {name: manner.columns.get(name) or _own(name, manner) for name in said}
    return meant(line, replace(manner, columns=columns), said, identity=flat)


def at(values: Any, name: str) -> Any:
    """The value of a field, or of `outer.inner` or `list.0` inside others; `ABSENT` where there is none."""
    if isinstance(values, dict) and name in values:
        return values[name]
    first, dot, rest = name.partition(".")
    if isinstance(values, dict) and dot and first in values:
        return at(values[first], rest)
    if isinstance(values, list) and first.isascii() and first.isdecimal() and int(first[:6]) < len(values):
        return at(values[int(first[:6])], rest) if dot else values[int(first[:6])]
    return ABSENT


def _is_around(name: str, manner: Manner) -> bool:
    """Whether a field is one of which people named parts."""
    return any(told.startswith(f"{name}.") for told in manner.columns)


def _own(name: str, manner: Manner) -> str:
    """What a field is of which nobody said anything."""
    meaning = name.lower()
    return meaning if meaning in NAMES and meaning not in manner.columns.values() else "attribute"


def _text(value: Any) -> str:
    if value is None or value is ABSENT or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return storable(str(value))


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """An object under `attributes` counts as so many columns."""
    attributes = values.pop("attributes", None)
    flat = {**attributes, **values} if isinstance(attributes, dict) else values
    return {storable(name): storable(value) if isinstance(value, str) else value for name, value in flat.items()}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
