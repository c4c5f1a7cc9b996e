"""Parameters of a page alone: which part of a list, in which order, and whether it is to be printed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.errors import Invalid

Order = Literal["newest", "strongest"]
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is shown."""

    page: int = 1
    order: Order = "newest"
    is_print: bool = False
    done: str | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is the default."""
        values = (
            ("done", self.done),
            ("order", None if self.order == "newest" else self.order),
            ("page", None if self.page == 1 else str(self.page)),
            ("print", "1" if self.is_print else None),
        )
        return [(name, value) for name, value in values if value]

    def on(self, page: int) -> list[tuple[str, str]]:
        """The same on another page."""
        return Listing(page, self.order).pairs()


class ListingSchema(Schema):
    """Pages count from 1; print is 1 or not there."""

    class Meta:
        """The filters stand beside these."""

        unknown = EXCLUDE

    page = fields.Integer(
        strict=False,
        validate=validate.Range(1, LAST_PAGE, error="There is no such page."),
        error_messages={"invalid": "Give the number of a page."},
    )
    order = fields.String(validate=validate.OneOf(("newest", "strongest"), error="Choose newest or strongest."))
    done = fields.String(validate=validate.Length(max=20, error="Write a short word."))
    is_print = fields.String(data_key="print", validate=validate.Equal("1", error="Write print=1."))

    @post_load
    def _as_listing(self, values: dict[str, Any], **_more: Any) -> Listing:
        return Listing(**{**values, "is_print": "is_print" in values})


def parse_listing(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> Listing:
    """What a page reads besides the filters; Invalid says by name what is wrong."""
    given = [(name, value) for name, value in pairs if value and name in names]
    if len(dict(given)) < len(given):
        raise Invalid("Give each parameter once.", {name: ["Give it once."] for name, _ in given})
    try:
        listing: Listing = ListingSchema().load(dict(given))
    except ValidationError as error:
        raise Invalid("This address cannot be shown.", error.messages_dict) from error
    return listing
