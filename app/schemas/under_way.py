"""Which pain points a page lists as under way, as it comes in an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.errors import Invalid
from app.models.pain_points import STATUSES
from app.reports.under_way import GROUPINGS, SORTS, Selection

OF_REPORT = ("owner", "department", "status")
OF_BOARD = (*OF_REPORT, "by", "sort")


def _one_of(*names: str) -> fields.String:
    return fields.String(validate=validate.OneOf(names, error=f"Choose one of {', '.join(names)}."))


def _words() -> fields.String:
    return fields.String(validate=validate.Length(max=200, error="At most 200 characters."))


class SelectionSchema(Schema):
    """Whose, how far, in which order and in which groups."""

    class Meta:
        """Other parameters stand beside these."""

        unknown = EXCLUDE

    owner = _words()
    department = _words()
    status = _one_of(*STATUSES)
    sort = _one_of(*SORTS)
    by = _one_of(*GROUPINGS)

    @post_load
    def _as_selection(self, values: dict[str, Any], **_more: Any) -> Selection:
        return Selection(**values)


def parse_selection(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> Selection:
    """What a page reads of an address; Invalid says by name what is wrong."""
    given = [(name, value) for name, value in pairs if value and name in names]
    if len(dict(given)) < len(given):
        raise Invalid("Give each parameter once.", {name: ["Give it once."] for name, _ in given})
    try:
        selection: Selection = SelectionSchema().load(dict(given))
    except ValidationError as error:
        raise Invalid("This address cannot be shown.", error.messages_dict) from error
    return selection
