"""People's labels of a comment, as labelled files write them.

Three forms: `aspects`, a JSON list of [category, polarity]; `spans`, a JSON list of [start, end, kind] of what
complains; `label`, categories between bars, with the score telling praise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LOWEST_PROMOTER = 9
# Categories of laptop reviews come as ENTITY#ATTRIBUTE; people would sort them into these.
_LAPTOP_ENTITIES: Final = {
    "SUPPORT": "support",
    "WARRANTY": "support",
    "BATTERY": "battery",
    "POWER_SUPPLY": "battery",
    "DISPLAY": "display",
    "GRAPHICS": "display",
    "KEYBOARD": "input",
    "MOUSE": "input",
    "OS": "software",
    "SOFTWARE": "software",
    "HARD_DISC": "hardware",
    "MOTHERBOARD": "hardware",
    "MEMORY": "hardware",
    "PORTS": "hardware",
    "OPTICAL_DRIVES": "hardware",
    "MULTIMEDIA_DEVICES": "multimedia",
    "SHIPPING": "shipping",
}
_LAPTOP_ATTRIBUTES: Final = {
    "PRICE": "price",
    "CONNECTIVITY": "connectivity",
    "USABILITY": "usability",
    "DESIGN_FEATURES": "design",
    "OPERATION_PERFORMANCE": "performance",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """What people said of a comment: its categories of complaint (None: not known), or that it only praises."""

    complaints: frozenset[str] | None
    only_praise: bool = False
    language: str = "und"


def labelled(row: Mapping[str, str], collection: str = "") -> Labelled:
    """The labels of one row. `collection` names the file: one with "laptops" in its name has its own categories."""
    if "aspects" in row:
        return _from_aspects(json.loads(row["aspects"]), row["language"], "laptops" in collection)
    if "spans" in row:
        return Labelled(frozenset(kind for _, _, kind in json.loads(row["spans"])), False, row["language"])
    kinds = frozenset(filter(None, row.get("label", "").split("|")))
    praise = int(row["score"]) >= LOWEST_PROMOTER
    return Labelled(kinds if kinds or praise else None, praise, row["language"])


def _from_aspects(aspects: list[Any], language: str, laptops: bool) -> Labelled:
    category = _laptop_category if laptops else _head
    complains = [name for name, polarity in aspects if polarity == "negative"]
    named = frozenset(found for name in complains if (found := category(name)))
    only_praise = bool(aspects) and all(polarity == "positive" for _, polarity in aspects)
    return Labelled(named if named or not complains else None, only_praise, language)


def _head(category: str) -> str | None:
    return category.split("#")[0].strip().lower()


def _laptop_category(category: str) -> str | None:
    entity, _, attribute = category.partition("#")
    return _LAPTOP_ENTITIES.get(entity) or _LAPTOP_ATTRIBUTES.get(attribute)
