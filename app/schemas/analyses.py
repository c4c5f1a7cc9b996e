"""Analysis runs as programs read them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields


class PainPointChange(Schema):
    """Comments that raise a pain point, before and after a run."""

    id = fields.String()
    before = fields.Integer()
    after = fields.Integer()


MOVE: dict[str, fields.Field[Any]] = {
    "from": fields.String(allow_none=True),
    "to": fields.String(allow_none=True),
    "comments": fields.Integer(),
}
Move = Schema.from_dict(MOVE, name="Move")
CommentsRead = Schema.from_dict({"before": fields.Integer(), "after": fields.Integer()}, name="CommentsRead")


class RunChanges(Schema):
    """How a run differs from the one before, which is gone."""

    previous = fields.Integer(metadata={"description": "The id of the run before."})
    why = fields.List(
        fields.String(),
        metadata={
            "description": "catalogue changed, learned anew, learned further (what was known stayed where it was), "
            "method changed, answer changed."
        },
    )
    comments = fields.Nested(CommentsRead)
    pain_points = fields.List(fields.Nested(PainPointChange))
    new = fields.List(fields.String())
    gone = fields.List(fields.String())
    moved = fields.Integer(metadata={"description": "Comments that raise something else than before."})
    moves = fields.List(fields.Nested(Move), metadata={"description": "The ten largest; null is no pain point."})


class AnalysisRun(Schema):
    """One pass over the comments of a survey."""

    id = fields.Integer()
    state = fields.String()
    method = fields.String()
    started_at = fields.DateTime("iso")
    finished_at = fields.DateTime("iso", allow_none=True)
    comments = fields.Integer()
    failure = fields.String(allow_none=True)
    catalogue_version = fields.Integer()
    changes = fields.Nested(RunChanges, allow_none=True)


class AnalysisRunPage(Schema):
    """The analysis runs of a survey, the newest first."""

    analyses = fields.List(fields.Nested(AnalysisRun))
    next = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null after the last."})
