"""What the forms of alerts and digests have in common: filters, a department, channels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict

from app.models import Survey
from app.pages import filter_form
from app.pages.filter_form import FilterForm
from app.pages.typed import Typed
from app.reports import wording
from app.reports.filters import ATTRIBUTE
from app.schemas import alerts as schema
from app.services import alert_rules

FILTERS = ("language", "touchpoint")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields of one form offer and hold. `matches` is how many answers of 90 days its filter lets through."""

    filters: FilterForm
    channels: Mapping[int, str]
    chosen: Collection[int]
    departments: Sequence[str]
    matches: int | None = None


def given(*names: str) -> tuple[dict[str, Any], list[int]]:
    """The settings and the channels of this request's form; an empty hour is none. Invalid for impossible filters."""
    form = request.form
    values: dict[str, Any] = {name: form[name].strip() for name in names if name in form}
    for hour in ("quiet_from", "quiet_to"):
        if hour in values:
            values[hour] = values[hour] or None
    values["department"] = form.get("department", "")
    values["query"] = schema.query(pairs(form))
    return values, _channels(form)


def _channels(form: MultiDict[str, str]) -> list[int]:
    """The numbers of the ticked channels; what no page has sent is left out."""
    return [int(id_) for id_ in form.getlist("channels") if id_.isascii() and id_.isdigit() and len(id_) < 19]


def pairs(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The filters in a form, as they would stand in an address."""
    return [(name, value) for name, value in form.items(multi=True) if name in FILTERS or name.startswith(ATTRIBUTE)]


def filter_words(query: str) -> str:
    """A kept filter in a few words: languages by their name, attributes as they are."""
    kept = alert_rules.filters(query)
    language = [wording.language(kept.language)] if kept.language else []
    others = [text for text in (kept.touchpoint, kept.group) if text]
    return ", ".join([*language, *others, *(f"{name}: {value}" for name, value in kept.attributes)])


def fields(
    survey: Survey, typed: Typed, form: str, query: str, channels: Collection[int], at: datetime | None = None
) -> Fields:
    """The fields of a form with what is stored, or with what was sent and refused."""
    is_sent = typed.form == form
    args = MultiDict(pairs(typed.values) if is_sent else parse_qsl(query))
    return Fields(
        filters=filter_form.fill(survey, args, errors=typed.errors if is_sent else None),
        channels=alert_rules.channel_names(survey),
        chosen=_channels(typed.values) if is_sent else channels,
        departments=alert_rules.departments(survey),
        matches=alert_rules.matches(survey, query, at) if at and query else None,
    )
