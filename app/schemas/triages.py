"""What the page of all answers reads besides the filters of the report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import Invalid
from app.models.listings import Position

PLACE = re.compile(r"(\d{8}T\d{6}\.\d{6})-([1-9]\d{0,17})")
MOMENT = "%Y%m%dT%H%M%S.%f"
NAMES = ("which", "after", "done")


@dataclass(frozen=True, slots=True)
class Place:
    """Which answers, and where in their list."""

    which: str | None = None
    after: Position | None = None

    def pairs(self, after: Position | None = None) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, of this list or of the part of it that begins elsewhere."""
        moment = f"{after[0].astimezone(UTC).strftime(MOMENT)}-{after[1]}" if after else None
        return [(name, value) for name, value in (("which", self.which), ("after", moment)) if value]


def parse(pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Place:
    """The list that an address means; Invalid says by name what is wrong."""
    given = {name: value for name, value in pairs if value and name in NAMES}
    which = given.get("which")
    if which is not None and which not in known:
        raise Invalid("This address cannot be shown.", {"which": [f"Choose one of {', '.join(known)}."]})
    return Place(which, _position(given["after"]) if "after" in given else None)


def _position(text: str) -> Position:
    found = PLACE.fullmatch(text)
    try:
        moment = datetime.strptime(found[1], MOMENT).replace(tzinfo=UTC) if found else None
    except ValueError:
        moment = None
    if found is None or moment is None:
        raise Invalid("This address cannot be shown.", {"after": ["Begin without it."]})
    return moment, int(found[2])
