"""Cases as an address asks for them, as a form or a program changes them, and as a program reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from app.errors import Invalid
from app.models.case_lists import Sort
from app.models.cases import BY_PEOPLE, STATES
from app.schemas.catalogues import Strict
from app.schemas.messages import by_field
from app.schemas.pages import LAST_PAGE

SHOWN = ("unclosed", *STATES, "all")
WHOM = "An e-mail address; a dash means nobody."


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """Which cases to list, and in which order."""

    state: str = "unclosed"
    assignee: str | None = None
    department: str | None = None
    overdue: bool = False
    sort: Sort = "due"
    page: int = 1

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Names and values as they stand in an address, without what is the default; some changed."""
        values = {name: getattr(self, name) for name in self.__slots__} | {"page": 1} | changes
        given = {name: value for name, value in values.items() if value != getattr(CaseFilters(), name)}
        return [(name, "1" if value is True else str(value)) for name, value in given.items()]


class CaseFiltersSchema(Schema):
    """The filters of a list of cases."""

    class Meta:
        """An unknown name is a mistake."""

        unknown = RAISE

    error_messages = {"unknown": "There is no such filter."}  # noqa: RUF012 - marshmallow declares it so

    state = fields.String(validate=validate.OneOf(SHOWN, error=f"Choose one of {', '.join(SHOWN)}."))
    assignee = fields.String(
        validate=validate.Length(max=255, error="This is too long."), metadata={"description": WHOM}
    )
    department = fields.String(
        validate=validate.Length(max=200, error="This is too long."),
        metadata={"description": "The name of a department; a dash means none."},
    )
    overdue = fields.String(
        validate=validate.Equal("1", error="Write overdue=1."), metadata={"description": "1: only what is overdue."}
    )
    sort = fields.String(
        validate=validate.OneOf(get_args(Sort), error=f"Choose one of {', '.join(get_args(Sort))}."),
        metadata={"description": "due (the default), oldest, newest, or score (the lowest first)."},
    )
    page = fields.Integer(
        strict=False,
        validate=validate.Range(1, LAST_PAGE, error="There is no such page."),
        error_messages={"invalid": "Give the number of a page."},
    )

    @post_load
    def _as_filters(self, values: dict[str, Any], **_more: Any) -> CaseFilters:
        return CaseFilters(**{**values, "overdue": "overdue" in values})


def parse(pairs: Iterable[tuple[str, str]], *, also: Iterable[str] = ()) -> CaseFilters:
    """The filters of an address; names in `also` belong to the page. Invalid says by name what is wrong."""
    given = [(name, value) for name, value in pairs if value and name not in set(also)]
    names = [name for name, _ in given]
    if twice := {name: ["Give it once."] for name in names if names.count(name) > 1}:
        raise Invalid("Give each filter once.", twice)
    return _loaded(CaseFiltersSchema(), dict(given))  # type: ignore[no-any-return]


class CaseChange(Strict):
    """What to change in a case. Fields that are left out stay; null empties one."""

    version = fields.Integer(
        strict=True, metadata={"description": "The version you read: if the case changed since, the answer is 409."}
    )
    state = fields.String(validate=validate.OneOf(STATES, error=f"Choose one of {', '.join(STATES)}."))
    reason = fields.String(allow_none=True, metadata={"description": f"Of a closed one: {', '.join(BY_PEOPLE)}."})
    assignee = fields.String(allow_none=True, metadata={"description": "The e-mail address of a member."})
    department = fields.String(allow_none=True, metadata={"description": "The name of a department."})
    due_on = fields.Date(
        "%Y-%m-%d",
        allow_none=True,
        error_messages={"invalid": "Give a day that exists, written like 2026-11-22."},
        metadata={"description": "A day in the survey's time zone."},
    )
    note = fields.String(metadata={"description": "Kept for good beside what was written before."})
    contact = fields.Boolean(metadata={"description": "True: somebody was in touch with the person."})


def read(values: Mapping[str, str | None]) -> dict[str, Any]:
    """A change as a form or a command line gives it, as text; Invalid says by field what cannot be read."""
    loaded: dict[str, Any] = _loaded(CaseChange(exclude=("version",)), dict(values))
    return loaded


def _loaded(schema: Schema, values: dict[str, Any]) -> Any:
    try:
        return schema.load(values)
    except ValidationError as error:
        errors = by_field(error.messages)
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors) from error


class ShownCase(Schema):
    """A case as programs read it."""

    id = fields.Integer()
    version = fields.Integer(metadata={"description": "Send it back with a change."})
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String(allow_none=True, metadata={"description": "Why it is closed."})
    assignee = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    due_on = fields.Date(allow_none=True)
    is_overdue = fields.Boolean(data_key="overdue")
    opened_at = fields.DateTime("iso")
    first_contact_at = fields.DateTime("iso", allow_none=True)
    closed_at = fields.DateTime("iso", allow_none=True)
    age_days = fields.Integer(metadata={"description": "Whole days since it was opened, or until it was closed."})
    response_id = fields.Integer(metadata={"description": "The answer that is followed up."})
    score = fields.Integer()
    comment = fields.String(allow_none=True)
    respondent = fields.String(allow_none=True)
    account = fields.String(allow_none=True)


class CaseFigures(Schema):
    """How follow-up goes: now, and over the cases opened in the last 90 days."""

    unclosed = fields.Integer()
    overdue = fields.Integer()
    opened = fields.Integer(attribute="recent.n")
    followed_up = fields.Integer(attribute="recent.followed_up")
    to_contact = fields.TimeDelta(
        "seconds", attribute="recent.to_contact", allow_none=True,
        data_key="median_seconds_to_contact",
    )  # fmt: skip
    to_close = fields.TimeDelta(
        "seconds", attribute="recent.to_close", allow_none=True, data_key="median_seconds_to_close"
    )


class CasePage(Schema):
    """One page of cases, and the figures of all."""

    cases = fields.List(fields.Nested(ShownCase))
    figures = fields.Nested(CaseFigures)
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})


class Entry(Schema):
    """One thing that was done or said in a case."""

    made_at = fields.DateTime("iso")
    made_by = fields.String()
    note = fields.String(allow_none=True)
    is_contact = fields.Boolean(data_key="contact")
    changes = fields.Dict(metadata={"description": "The new value of each field that was changed."})


class OpenedCase(ShownCase):
    """A case with its history, the oldest entry first."""

    entries = fields.List(fields.Nested(Entry))
