"""Mentions as people name them: by response and place in its comment, which no later run changes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis.types import PAINFUL
from app.errors import Invalid
from app.extensions import db
from app.models import MentionRow, Reading, Response, queries

PLACE = re.compile(r"([0-9]{1,18}):([0-9]{1,6})-([0-9]{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a comment, in code points; `17:0-41` in text."""

    response_id: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.response_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Said:
    """A mention with its words, and the pain point that the current run found in it."""

    survey_id: int
    place: Place
    text: str
    language: str
    point_id: int | None


def parse(text: str) -> Place:
    """The place that a text names, or Invalid."""
    found = PLACE.fullmatch(text)
    if found is None:
        message = "Name a quote by response and place, such as 17:0-41."
        raise Invalid(message, {"quote": [message]})
    return Place(*map(int, found.groups()))


def said(survey_id: int, place: Place) -> Said:
    """What stands there in the comment as it is now; Invalid when nothing does any more."""
    run = queries.current_run(survey_id)
    same = (MentionRow.start == place.start) & (MentionRow.end == place.end) & MentionRow.stance.in_(sorted(PAINFUL))
    columns = (Response.comment, Reading.language, MentionRow.pain_point_id)
    query = sa.select(*columns).join(MentionRow, MentionRow.response_id == Response.id)
    query = query.join(Reading, (Reading.run_id == MentionRow.run_id) & (Reading.response_id == Response.id))
    query = query.where(MentionRow.run_id == (run.id if run else None), Reading.revision == Response.revision)
    here = (Response.survey_id == survey_id) & (Response.id == place.response_id)
    row = db.session.execute(query.where(here, same)).first()
    if row is None:
        message = "The comment was changed or erased meanwhile: choose another."
        raise Invalid(message, {"quote": [message]})
    return Said(survey_id, place, row.comment[place.start : place.end], row.language, row.pain_point_id)
