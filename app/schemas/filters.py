"""Filters as they come in an address, checked: an unknown name or a value that cannot be is said, not guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from app.analysis.pain_points.rank import SortKey
from app.analysis.types import Group
from app.errors import Invalid
from app.reports.filters import ATTRIBUTE, Compare, Filters
from app.schemas.attributes import PLAIN

EARLIEST, LATEST = date(1970, 1, 1), date(2200, 1, 1)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ATTRIBUTE_NAME = re.compile(r"[^\"\\\x00-\x1f\x7f]{1,100}")


def _without_controls(text: str) -> None:
    if CONTROL.search(text):
        raise ValidationError("A filter has no line breaks or other controls.")


def _day(name: str) -> fields.Date:
    between = validate.Range(EARLIEST, LATEST, error=f"Choose a day from {EARLIEST} to {LATEST}.")
    wrong = "Give a day that exists, written like 2026-11-22."
    about = {"description": f"A day from {EARLIEST} to {LATEST}."}
    return fields.Date("%Y-%m-%d", data_key=name, validate=between, error_messages={"invalid": wrong}, metadata=about)


def _words() -> fields.String:
    length = validate.Length(max=200, error="At most 200 characters.")
    return fields.String(validate=[length, _without_controls], metadata={"pattern": PLAIN})


def _one_of(choices: Any) -> fields.String:
    names = get_args(choices)
    return fields.String(validate=validate.OneOf(names, error=f"Choose one of {', '.join(names)}."))


class FiltersSchema(Schema):
    """The filters of a report; `attributes` gathers every `attr.NAME=VALUE` as a pair."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such filter."}  # noqa: RUF012 - marshmallow declares it so

    from_day = _day("from")
    to_day = _day("to")
    compare = _one_of(Compare)
    language = _words()
    touchpoint = _words()
    group = _one_of(Group)
    attributes = fields.List(fields.Tuple((fields.String(), _words())), data_key=ATTRIBUTE)
    sort = _one_of(SortKey)

    @validates_schema
    def _in_order(self, values: dict[str, Any], **_more: Any) -> None:
        if "from_day" in values and "to_day" in values and values["from_day"] > values["to_day"]:
            raise ValidationError("This day is after the last one.", "from")

    @post_load
    def _as_filters(self, values: dict[str, Any], **_more: Any) -> Filters:
        attributes = tuple((name, value) for name, value in values.pop("attributes", ()))
        return Filters(attributes=attributes, **values)


def parse(pairs: Iterable[tuple[str, str]], *, also: Collection[str] = ()) -> Filters:
    """The filters of an address, from pairs such as `request.args.items(multi=True)`; empty values are left out.

    Names in `also` belong to the page and are passed over. Invalid says by name what is wrong.
    """
    given = [(name, value) for name, value in pairs if value and name not in also]
    plain = [(name, value) for name, value in given if not name.startswith(ATTRIBUTE)]
    attributes = [(name.removeprefix(ATTRIBUTE), value) for name, value in given if name.startswith(ATTRIBUTE)]
    errors = _repeated(plain) | _unusable(attributes)
    try:
        filters: Filters = FiltersSchema().load({**dict(plain), **({ATTRIBUTE: attributes} if attributes else {})})
    except ValidationError as error:
        errors |= _flat(error.messages_dict, attributes)
    if errors:
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors)
    return filters


def _repeated(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    names = [name for name, _ in pairs]
    return {name: ["Give it once."] for name in names if names.count(name) > 1}


def _unusable(attributes: list[tuple[str, str]]) -> dict[str, list[str]]:
    wrong = [name for name, _ in attributes if not ATTRIBUTE_NAME.fullmatch(name)]
    return {ATTRIBUTE + name: ["This cannot be the name of an attribute."] for name in wrong}


def _flat(messages: dict[str, Any], attributes: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Messages by the name in the address; those about attributes come by their position."""
    by_position = messages.pop(ATTRIBUTE, {})
    flat: dict[str, list[str]] = dict(messages)
    for position, parts in by_position.items():
        flat[ATTRIBUTE + attributes[position][0]] = [text for texts in parts.values() for text in texts]
    return flat
