"""Filters in words, for whoever is to recognise a view."""

from __future__ import annotations

from urllib.parse import parse_qsl

from app.reports import wording
from app.reports.filters import ATTRIBUTE, Filters
from app.reports.translating import gettext


def sentence(filters: Filters) -> str:
    """Every filter that is set, in the order of the address."""
    return of_query(filters.query())


def of_query(query: str) -> str:
    """The same from the canonical query string."""
    return ", ".join(_part(name, value) for name, value in parse_qsl(query)) or gettext("everything, last 90 days")


def _part(name: str, value: str) -> str:
    if name == "language":
        return wording.language(value)
    if name == "compare":
        return gettext("compared with nothing")
    words = {
        "from": gettext("from %(value)s", value=value),
        "to": gettext("to %(value)s", value=value),
        "group": gettext("comments of %(value)ss", value=value),
        "sort": gettext("sorted by %(value)s", value=value),
    }
    return words.get(name) or f"{name.removeprefix(ATTRIBUTE)} {value}"
