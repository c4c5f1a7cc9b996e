"""A catalogue as programs read and change it. Shapes only: what a name or a phrase may be, the services say."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

PHRASES: dict[str, Any] = {
    "keys": fields.String(),
    "values": fields.List(fields.String()),
    "metadata": {
        "description": "What people would say about it, by ISO 639-1 language.",
        "propertyNames": {"pattern": "^[a-z]{2}$"},
        "examples": [{"en": ["the parcel came damaged"]}],
    },
}
FARTHEST = 999_999  # characters into a comment, as in an address
ORIGINS = "seed (shipped), discovered, or manual (made by people)."


class Strict(Schema):
    """A body in which a field that is not known is a mistake."""

    class Meta:
        """Said, not passed over."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "unknown": "There is no such field.",
        "type": "Send one JSON object.",
    }


class CataloguePainPoint(Schema):
    """One pain point of a catalogue."""

    id = fields.String(metadata={"description": "The stable id of the pain point."})
    name = fields.String()
    origin = fields.String(metadata={"description": ORIGINS})
    department = fields.String()
    owner = fields.String(allow_none=True)
    status = fields.String()
    due_on = fields.Date(allow_none=True)
    people = fields.Integer(metadata={"description": "Respondents who raise it in the current analysis."})
    hidden = fields.Boolean()
    pinned = fields.Boolean()
    merged_into = fields.String(allow_none=True, metadata={"description": "The id of the one that stands for it."})
    phrases = fields.Dict(**PHRASES)


class Catalogue(Schema):
    """All pain points of a survey."""

    pain_points = fields.List(fields.Nested(CataloguePainPoint))
    is_behind = fields.Boolean(
        data_key="being_applied",
        metadata={"description": "Whether a change is still being applied to earlier comments."},
    )


class NewPainPoint(Strict):
    """A pain point to be made."""

    name = fields.String(required=True, metadata={"description": "An action of at most 40 characters.", "minLength": 1})
    phrases = fields.Dict(required=True, **PHRASES)
    department = fields.String()
    owner = fields.String(allow_none=True)


class PainPointEdit(Strict):
    """What is to be different about a pain point. All of it is done, or nothing."""

    name = fields.String(
        metadata={"description": "An action of at most 40 characters, shown so in every language.", "minLength": 1}
    )
    department = fields.String()
    owner = fields.String(allow_none=True)
    hidden = fields.Boolean(metadata={"description": "In no list of the report; its comments go to no other."})
    pinned = fields.Boolean(metadata={"description": "Always listed, also with too few to rank."})
    phrases = fields.Dict(**PHRASES)

    @validates_schema
    def _something(self, values: dict[str, Any], **_more: Any) -> None:
        if not values:
            raise ValidationError("Name at least one field to change.")


class Merging(Strict):
    """Where to merge a pain point into."""

    into = fields.String(
        required=True, metadata={"description": "The id of the pain point that will stand for it.", "minLength": 1}
    )


def _number(least: int, most: int) -> fields.Integer:
    """A number that every database can be asked for."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(least, most))


class QuotePlace(Strict):
    """A mention, by its response and its place in the comment."""

    response_id = _number(1, 2**53)
    start = _number(0, FARTHEST)
    end = _number(1, FARTHEST)


class Splitting(Strict):
    """What is split off."""

    name = fields.String(required=True, metadata={"description": "The name of the new pain point.", "minLength": 1})
    quotes = fields.List(fields.Nested(QuotePlace), required=True, metadata={"minItems": 1})


class NewCorrection(QuotePlace):
    """A mention, and what it is about."""

    pain_point = fields.String(
        required=True, allow_none=True, metadata={"description": "The right pain point; null when it is about none."}
    )


class CorrectionMade(Schema):
    """What was corrected."""

    text = fields.String()
    language = fields.String()
    wrong = fields.String(allow_none=True, metadata={"description": "The name of what it was taken for."})
    right = fields.String(allow_none=True, metadata={"description": "The name of what it is about."})


STATES: dict[str, Any] = {"keys": fields.String(), "values": fields.Dict(keys=fields.String())}


class CatalogueChange(Schema):
    """One change of a catalogue."""

    id = fields.Integer()
    made_at = fields.DateTime("iso")
    made_by = fields.String(metadata={"description": "A person, the name of a key, or the command line."})
    action = fields.String()
    pain_point = fields.String(allow_none=True)
    name = fields.String(allow_none=True, metadata={"description": "The name of the pain point as it is now."})
    before = fields.Dict(**STATES)
    after = fields.Dict(**STATES)
    corrections = fields.List(fields.Nested(CorrectionMade))
    note = fields.String(metadata={"description": "What was said with it; empty for nothing."})
    undoes = fields.Integer(allow_none=True)
    undone_by = fields.Integer(allow_none=True)


class CatalogueChangePage(Schema):
    """The changes of a catalogue, the newest first."""

    changes = fields.List(fields.Nested(CatalogueChange))
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})
