"""What is done about a pain point, as programs read and change it. What a field may hold, the services say."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.models.pain_points import STATUSES
from app.schemas.catalogues import CatalogueChange, Strict


def _number(description: str) -> fields.Float:
    return fields.Float(metadata={"description": description})


class ActingEdit(Strict):
    """What is to be different. All of it is done, or nothing."""

    status = fields.String(validate=validate.OneOf(STATUSES, error=f"Choose one of {', '.join(STATUSES)}."))
    owner = fields.String(allow_none=True, metadata={"description": "Who sees to it; null for nobody."})
    department = fields.String(metadata={"description": "One of the survey's departments; empty for none."})
    due_on = fields.String(allow_none=True, metadata={"description": "Until when, ISO 8601; null for no day."})
    ticket = fields.String(allow_none=True, metadata={"description": "An https address; null for none."})
    fixed_on = fields.String(
        allow_none=True, metadata={"description": "With the status fixed: the day of the fix, today when left out."}
    )
    note = fields.String(metadata={"description": "Kept with who and when; won't do needs one."})
    version = fields.Integer(
        strict=True, metadata={"description": "The version it rests on: 409 if somebody saved since. Left out, none."}
    )

    @validates_schema
    def _something(self, values: dict[str, Any], **_more: Any) -> None:
        if not values.keys() - {"version"}:
            raise ValidationError("Name at least one field to change.")


class EffectWindow(Schema):
    """Some days on one side of a fix."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    people = _number("Passives and detractors with a comment; of CSAT and CES the two lower groups.")
    raised = _number("Those of them who raise it.")


class EffectChange(Schema):
    """A change with its test."""

    value = _number("The observed change.")
    low = fields.Float()
    high = fields.Float()
    p = fields.Float()


class ImpactEffect(EffectChange):
    """The impact before and after, in points."""

    before = fields.Float()
    after = fields.Float()
    verdict = fields.String()


class FixEffect(Schema):
    """What became of a pain point since its last fix."""

    fixed_on = fields.Date()
    verdict = fields.String(validate=validate.OneOf(("clear", "leaning", "none", "too early")))
    sentence = fields.String()
    has_relapsed = fields.Boolean(data_key="relapsed", metadata={"description": "Whether it rises again since."})
    before = fields.Nested(EffectWindow, allow_none=True)
    after = fields.Nested(EffectWindow, allow_none=True)
    change = fields.Nested(EffectChange, allow_none=True, metadata={"description": "Of the share, −1 to 1."})
    impact = fields.Nested(ImpactEffect, allow_none=True, metadata={"description": "Null with too few mentions."})


class Acting(Schema):
    """What is done about one pain point."""

    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(STATUSES))
    owner = fields.String(allow_none=True)
    department = fields.String()
    due_on = fields.Date(allow_none=True)
    is_overdue = fields.Boolean(data_key="overdue")
    ticket = fields.String(allow_none=True)
    fixes = fields.List(fields.Date(), metadata={"description": "The day of every fix, the last one last."})
    effect = fields.Nested(FixEffect, allow_none=True, metadata={"description": "Null if it was never fixed."})
    history = fields.List(fields.Nested(CatalogueChange), metadata={"description": "The newest 50 changes."})


class Department(Schema):
    """A department of a survey."""

    name = fields.String()
    words = fields.List(fields.String(), metadata={"description": "What is discovered under them is its own."})
    members = fields.List(fields.String(), metadata={"description": "E-mail addresses."})
    pain_points = fields.Integer(metadata={"description": "How many are given to it."})
    is_made = fields.Boolean(
        data_key="made", metadata={"description": "False if pain points name it and nobody made it."}
    )


class Departments(Schema):
    """All departments by name."""

    departments = fields.List(fields.Nested(Department))
