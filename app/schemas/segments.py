"""What the pages of segments read besides the filters: told apart by what, which two, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from app.errors import Invalid
from app.reports.filters import Period
from app.reports.segments import ComparisonOrder, SegmentOrder
from app.schemas.filters import EARLIEST, LATEST

SEGMENTS = ("by", "order", "print")
COMPARISON = ("by", "first", "second", "from2", "to2", "order", "print")


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was asked; empty texts are for the service to choose. `days` are those of the second period."""

    by: str = ""
    first: str = ""
    second: str = ""
    days: Period | None = None
    order: str = ""
    is_print: bool = False

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is the default."""
        days = self.days
        values = [
            ("by", self.by),
            ("first", self.first),
            ("second", self.second),
            ("from2", days.first.isoformat() if days else ""),
            ("to2", days.last.isoformat() if days else ""),
            ("order", self.order),
            ("print", "1" if self.is_print else ""),
        ]
        return [(name, value) for name, value in values if value]

    def sides(self) -> list[tuple[str, str]]:
        """What is compared, without the order of the rows."""
        return [(name, value) for name, value in self.pairs() if name not in ("order", "print")]


def _words() -> fields.String:
    return fields.String(validate=validate.Length(max=300, error="At most 300 characters."))


def _day() -> fields.Date:
    between = validate.Range(EARLIEST, LATEST, error=f"Choose a day from {EARLIEST} to {LATEST}.")
    return fields.Date(
        "%Y-%m-%d", validate=between, error_messages={"invalid": "Give a day that exists, written like 2026-11-22."}
    )


class AskedSchema(Schema):
    """Two days of the second period or none."""

    class Meta:
        """The filters stand beside these."""

        unknown = EXCLUDE

    by = _words()
    first = _words()
    second = _words()
    from2 = _day()
    to2 = _day()
    order = fields.String()
    is_print = fields.String(data_key="print", validate=validate.Equal("1", error="Write print=1."))

    def __init__(self, orders: tuple[str, ...]) -> None:
        super().__init__()
        self.orders = orders

    @validates_schema
    def _fit(self, values: dict[str, Any], **_more: Any) -> None:
        if values.get("order") and values["order"] not in self.orders:
            raise ValidationError(f"Choose one of {', '.join(self.orders)}.", "order")
        first, last = values.get("from2"), values.get("to2")
        if (first is None) != (last is None):
            raise ValidationError("Give both days of the second period.", "to2" if last is None else "from2")
        if first and last and first > last:
            raise ValidationError("This day is after the last one.", "from2")

    @post_load
    def _as_asked(self, values: dict[str, Any], **_more: Any) -> Asked:
        first: date | None = values.pop("from2", None)
        last: date | None = values.pop("to2", None)
        order = "" if values.get("order") == self.orders[0] else values.get("order", "")
        days = Period(first, last) if first and last else None
        return Asked(**{**values, "order": order, "is_print": "is_print" in values, "days": days})


def parse_segments(pairs: Iterable[tuple[str, str]]) -> Asked:
    """What the page of all segments was asked; the first order is the default. Invalid says by name what is wrong."""
    return _parse(pairs, SEGMENTS, get_args(SegmentOrder))


def parse_comparison(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The same for two of them."""
    return _parse(pairs, COMPARISON, get_args(ComparisonOrder))


def _parse(pairs: Iterable[tuple[str, str]], names: tuple[str, ...], orders: tuple[str, ...]) -> Asked:
    given = [(name, value) for name, value in pairs if value and name in names]
    if len(dict(given)) < len(given):
        raise Invalid("Give each parameter once.", {name: ["Give it once."] for name, _ in given})
    try:
        asked: Asked = AskedSchema(orders).load(dict(given))
    except ValidationError as error:
        raise Invalid("This address cannot be shown.", error.messages_dict) from error
    return asked
