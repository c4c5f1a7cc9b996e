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


class Group(NamedTuple):
    """Pages of one kind: what one link to them is called, what the row of all of them is called, and the pages."""

    name: str
    label: str
    ways: list[Way]


class Row(NamedTuple):
    """Links side by side under one label: address, name, and what `aria-current` says of it, if anything."""

    label: str
    links: tuple[tuple[str, str, str], ...]


def rows(survey: Survey, here: str) -> list[Row]:
    """The row of all pages and, where `here` is one of several of a kind, the row of those."""
    theirs = access.roles(survey)
    open_ = [group._replace(ways=[way for way in group.ways if way.role in theirs]) for group in _groups(survey)]
    groups = [group for group in open_ if group.ways]
    shown = [Row(gettext("Pages of this survey"), tuple(_first(survey, group, here) for group in groups))]
    for group in groups:
        if len(group.ways) > 1 and here in _endpoints(group):
            shown.append(Row(group.label, tuple(_link(survey, way, here) for way in group.ways)))
    return shown


def _first(survey: Survey, group: Group, here: str) -> tuple[str, str, str]:
    """The link that stands for all pages of a kind; which one it opens differs with the role."""
    address, _, current = _link(survey, group.ways[0], here)
    return address, group.name, current or ("true" if here in _endpoints(group) else "")


def _link(survey: Survey, way: Way, here: str) -> tuple[str, str, str]:
    return url_for(way.endpoint, key=survey.key), way.name, "page" if way.endpoint == here else ""


def _endpoints(group: Group) -> set[str]:
    return {way.endpoint for way in group.ways}


def _groups(survey: Survey) -> list[Group]:
    segments = gettext("Touchpoints") if survey.kind == "touchpoint" else gettext("Segments")
    alone = [
        Way("reports.show", gettext("Report")),
        *(
            [Way("segments.show", segments), Way("segments.compare", gettext("Compare"))]
            if survey.metric == "nps"
            else []
        ),
        Way("under_way.show", gettext("Under way")),
        Way("cases.show", gettext("Cases")),
        Way("customers.show", gettext("Customers")),
    ]
    answers = [Way("triages.show", gettext("Answers")), Way("quarantine.show", gettext("Quarantine"))]
    catalogue = [Way("catalogues.show", gettext("Catalogue")), Way("catalogues.history", gettext("Analyses"))]
    return [
        *(Group(way.name, way.name, [way]) for way in alone),
        Group(gettext("Answers"), gettext("Pages of the answers"), answers),
        Group(gettext("Catalogue"), gettext("Pages of the catalogue"), catalogue),
        Group(gettext("Settings"), gettext("Settings of this survey"), _settings()),
    ]


def _settings() -> list[Way]:
    return [
        Way("settings.show", gettext("General"), "admin"),
        Way("wordings.show", gettext("Wording"), "admin"),
        Way("themes.show", gettext("Theme"), "admin"),
        Way("embeds.show", gettext("Embed")),
        Way("people.show", gettext("People"), "admin"),
        Way("departments.show", gettext("Departments"), "admin"),
        Way("values.show", gettext("Value of customers"), "admin"),
        Way("channels.index", gettext("Channels"), "admin"),
        Way("sources.index", gettext("Sources"), "admin"),
        Way("alerts.show", gettext("Alerts"), "editor"),
        Way("digests.show", gettext("Digests"), "editor"),
        Way("work.show", gettext("Data"), "editor"),
        Way("audits.show", gettext("Audit log"), "admin"),
    ]
