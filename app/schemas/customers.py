"""Customers as an address asks for them, and as a program reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from app.errors import Invalid
from app.schemas.attributes import PLAIN
from app.schemas.pages import LAST_PAGE
from app.schemas.responses import ReadResponse, plain

Sort = Literal["risk", "value", "health", "score", "last", "name"]
SORTS = get_args(Sort)


@dataclass(frozen=True, slots=True)
class CustomerList:
    """Which part of the list, in which order."""

    sort: Sort = "risk"
    page: int = 1

    def query(self, **changes: Any) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is the default."""
        values = {"sort": self.sort, "page": 1} | changes
        return [(name, str(value)) for name, value in values.items() if value != getattr(CustomerList(), name)]


class CustomerListSchema(Schema):
    """How a list of customers is asked for."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}  # noqa: RUF012 - marshmallow declares it so

    sort = fields.String(
        validate=validate.OneOf(SORTS, error=f"Choose one of {', '.join(SORTS)}."),
        metadata={
            "description": "risk (the default: value at risk), value, health (the lowest first), score, last, name"
        },
    )
    page = fields.Integer(
        strict=False,
        validate=validate.Range(1, LAST_PAGE, error="There is no such page."),
        error_messages={"invalid": "Give the number of a page."},
    )

    @post_load
    def _as_list(self, values: dict[str, Any], **_more: Any) -> CustomerList:
        return CustomerList(**values)


def parse(pairs: Iterable[tuple[str, str]], *, also: Collection[str] = ()) -> CustomerList:
    """What an address asks for; names in `also` belong to somebody else. Invalid says by name what is wrong."""
    found: CustomerList = read(CustomerListSchema(), ((name, value) for name, value in pairs if name not in also))
    return found


def read(schema: Schema, pairs: Iterable[tuple[str, str]]) -> Any:
    """What the parameters of an address mean, each given once; Invalid says by name what is wrong."""
    given = [(name, value) for name, value in pairs if value]
    errors = {name: ["Give it once."] for name, _ in given if [other for other, _ in given].count(name) > 1}
    try:
        found = schema.load(dict(given))
    except ValidationError as error:
        errors |= error.messages_dict
    if errors:
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors)
    return found


class Part(Schema):
    """What one fact adds to the health of a customer or, below 0, takes off."""

    name = fields.String()
    points = fields.Integer()


class HealthShown(Schema):
    """How a customer is doing: 0 to 100, the sum of its parts."""

    score = fields.Integer(metadata={"minimum": 0, "maximum": 100})
    parts = fields.List(fields.Nested(Part))


class ShownCustomer(Schema):
    """A customer: an account where the answers name one, else a respondent."""

    kind = fields.String(validate=validate.OneOf(["respondent", "account"]))
    name = fields.String(metadata={"description": "Your own id of the respondent, or the attribute account."})
    account = fields.String(allow_none=True)
    people = fields.Integer()
    answers = fields.Integer()
    latest = fields.Float(
        data_key="latest_score", metadata={"description": "The mean of the latest scores of their people."}
    )
    last_at = fields.DateTime("iso", data_key="last_answer_at")
    customer_since = fields.Date(allow_none=True)
    monthly_revenue = fields.Float(allow_none=True)
    value = fields.Float(allow_none=True, data_key="lifetime_value")
    at_risk = fields.Float(
        allow_none=True,
        data_key="value_at_risk",
        metadata={
            "description": "Their value where one of them is no promoter (of CSAT and CES: not in the highest "
            "group), else 0; null where it is not known."
        },
    )
    health = fields.Nested(HealthShown, allow_none=True)


class CustomerPage(Schema):
    """One page of customers."""

    customers = fields.List(fields.Nested(ShownCustomer))
    currency = fields.String()
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})


class RaisedByCustomer(Schema):
    """A pain point that a customer raises."""

    id = fields.String()
    name = fields.String()
    status = fields.String()


class CustomerPortrait(Schema):
    """One customer with their newest answers, at most a hundred."""

    customer = fields.Nested(ShownCustomer)
    responses = fields.List(fields.Nested(ReadResponse), attribute="answers")
    pain_points = fields.List(fields.Nested(RaisedByCustomer))
    cases = fields.List(fields.Integer(), metadata={"description": "The numbers of their cases, the newest first."})


class NamedRespondent(Schema):
    """Which respondent, as an address asks it."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}  # noqa: RUF012 - marshmallow declares it so

    id = fields.String(
        required=True,
        validate=[validate.Length(1, 200), plain],
        error_messages={"required": "Say whom: your own id of the person."},
        metadata={"description": "Your own id of the person.", "pattern": PLAIN, "examples": ["user-17"]},
    )


class NamedAccount(Schema):
    """Which account, as an address asks it."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such parameter."}  # noqa: RUF012 - marshmallow declares it so

    name = fields.String(
        required=True,
        validate=[validate.Length(1, 200), plain],
        error_messages={"required": "Say which: the attribute account."},
        metadata={"description": "The attribute account.", "pattern": PLAIN, "examples": ["acme"]},
    )
