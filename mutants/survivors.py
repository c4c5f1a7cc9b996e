"""Why a mutant may survive: read from survivors.toml, where each entry names module, place, change and reason."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
Key = tuple[str, str, str]


@cache
def reasons() -> dict[Key, str]:
    """The reason by module, place and change."""
    entries = tomllib.loads(FILE.read_text()).get("survivor", [])
    return {(entry["module"], entry["place"], entry["change"]): entry["why"] for entry in entries}
