"""The ways about a survey: rows of links, each for those who may follow it."""

from __future__ import annotations

from typing import NamedTuple

from flask import url_for

from app.models import Survey
from app.pages import access
from app.reports.translating import gettext


class Way(NamedTuple):
    """A link to a page of a survey, and the role it needs."""

    endpoint: str
    name: str
    role: str = "viewer"


class Row(NamedTuple):
    """Links side by side under one label: address, name, and what `aria-current` says of it, if anything."""

    label: str
    links: tuple[tuple[str, str, str], ...]


def rows(survey: Survey, here: str) -> list[Row]:
    """The row of all pages and, where `here` is one of several of a kind, the row of those."""
    groups = [[way for way in group if access.may(survey, way.role)] for group in _groups(survey)]
    groups = [group for group in groups if group]
    shown = [Row(gettext("Pages of this survey"), tuple(_first(survey, group, here) for group in groups))]
    own = next((group for group in groups if here in {way.endpoint for way in group}), [])
    if len(own) > 1:
        links = tuple((_address(survey, way), way.name, "page" if way.endpoint == here else "") for way in own)
        shown.append(Row(_label(own), links))
    return shown


def _first(survey: Survey, group: list[Way], here: str) -> tuple[str, str, str]:
    """The link that stands for all pages of a kind. Those of the settings differ with the role."""
    first, endpoints = group[0], {way.endpoint for way in group}
    name = gettext("Settings") if "embeds.show" in endpoints else first.name
    return _address(survey, first), name, "page" if here == first.endpoint else "true" if here in endpoints else ""


def _label(group: list[Way]) -> str:
    endpoints = {way.endpoint for way in group}
    if "embeds.show" in endpoints:
        return gettext("Settings of this survey")
    return gettext("%(name)s and what belongs to it", name=group[0].name)


def _address(survey: Survey, way: Way) -> str:
    return url_for(way.endpoint, key=survey.key)


def _groups(survey: Survey) -> list[list[Way]]:
    segments = gettext("Touchpoints") if survey.kind == "touchpoint" else gettext("Segments")
    return [
        [Way("reports.show", gettext("Report"))],
        [Way("segments.show", segments)],
        [Way("segments.compare", gettext("Compare"))],
        [Way("under_way.show", gettext("Under way"))],
        [Way("cases.show", gettext("Cases"))],
        [Way("customers.show", gettext("Customers"))],
        [Way("triages.show", gettext("Answers")), Way("quarantine.show", gettext("Quarantine"))],
        [Way("catalogues.show", gettext("Catalogue")), Way("catalogues.history", gettext("Analyses"))],
        [
            Way("settings.show", gettext("General"), "admin"),
            Way("wordings.show", gettext("Wording"), "admin"),
            Way("themes.show", gettext("Theme"), "admin"),
            Way("embeds.show", gettext("Embed")),
            Way("people.show", gettext("People"), "admin"),
            Way("departments.show", gettext("Departments"), "admin"),
            Way("values.show", gettext("Value of customers"), "admin"),
            Way("channels.index", gettext("Channels"), "admin"),
            Way("alerts.show", gettext("Alerts"), "editor"),
            Way("digests.show", gettext("Digests"), "editor"),
            Way("work.show", gettext("Data"), "editor"),
        ],
    ]
