"""In which order the table of a catalogue stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import request

from app.errors import Invalid
from app.models.pain_points import STATUSES
from app.reports.translating import gettext
from app.services.catalogues import Listed

ORDERS: Mapping[str, Callable[[Listed], Any]] = {
    "name": lambda point: point.name.casefold(),
    "people": lambda point: -point.people,
    "owner": lambda point: (not (point.owner or point.department), point.owner or "", point.department),
    "status": lambda point: STATUSES.index(point.status),
    "due": lambda point: (point.due_on is None, point.due_on),
    "origin": lambda point: point.origin,
}


def asked() -> str:
    """The order that the address names; Invalid for one that there is not."""
    order = request.args.get("sort", "name")
    if order not in ORDERS:
        raise Invalid("This address cannot be shown.", {"sort": [f"Choose one of {', '.join(ORDERS)}."]})
    return order


def ordered(points: Iterable[Listed], order: str) -> list[Listed]:
    """The pain points in that order; equals stay as they come."""
    return sorted(points, key=ORDERS[order])


def names() -> list[tuple[str, str]]:
    """Each order with what it is called."""
    return [
        ("name", gettext("name")),
        ("people", gettext("people")),
        ("owner", gettext("owner")),
        ("status", gettext("status")),
        ("due", gettext("due date")),
        ("origin", gettext("origin")),
    ]
