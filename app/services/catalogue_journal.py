"""One change of a catalogue: made in one transaction, written down with what was before, and taken back exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from app.errors import Invalid, NotFound
from app.models import CatalogueChange, Correction, PainPoint, Survey
from app.models.transaction import writing

COLUMNS = (
    "named", "phrases", "department", "owner", "status", "due_on", "ticket", "fixes", "merged_into_id", "is_hidden",
    "is_pinned", "is_removed",
)  # fmt: skip
ACTING = {"department", "owner", "status", "due_on", "ticket", "fixes"}  # what is done about a pain point
REREAD = {"phrases", "is_removed"}  # what alters what comments are assigned to
State = dict[str, Any]


class Journal:
    """Notes what a change touches. Points are those of the survey that were not removed, by their stable ids."""

    def __init__(self, session: scoped_session[Session], survey: Survey, who: str, action: str) -> None:
        self.session, self.survey, self.action = session, survey, action
        query = sa.select(PainPoint).where(PainPoint.survey_id == survey.id).order_by(PainPoint.id)
        self.every = {row.id: row for row in session.scalars(query)}
        self.change = CatalogueChange(survey_id=survey.id, made_by=who, action=action)
        self.corrections: list[Correction] = []
        self.rereads = False
        self._before: dict[int, State] = {}

    @property
    def points(self) -> dict[str, PainPoint]:
        """The pain points of the survey, by stable id."""
        return {point.key: point for point in self.every.values() if not point.is_removed}

    def point(self, key: str) -> PainPoint:
        """The one to change; NotFound without one, Invalid when it was merged into another."""
        point = self.points.get(key)
        if point is None:
            raise NotFound("There is no such pain point.")
        if point.merged_into_id:
            target = self.every[point.merged_into_id].name()
            raise Invalid(f"“{point.name()}” was merged into “{target}”: change that one, or undo the merging.")
        self.change.pain_point_id = self.change.pain_point_id or point.id
        return self.touch(point)

    def touch(self, point: PainPoint) -> PainPoint:
        """Remember how it is before it is changed."""
        self._before.setdefault(point.id, state(point))
        return point

    def has_changed(self, point: PainPoint) -> bool:
        """Whether it is different from how it was before."""
        return self._before.get(point.id, state(point)) != state(point)

    def add(self, point: PainPoint) -> None:
        """A new one; taking it back will leave it removed."""
        self.session.add(point)
        self.session.flush()
        self.every[point.id] = point
        self._before[point.id] = {**state(point), "is_removed": True}
        self.change.pain_point_id = self.change.pain_point_id or point.id

    def close(self) -> None:
        """Write the change down, unless nothing became different."""
        self.change.before, self.change.after = self._differences()
        touched = {name for values in self.change.after.values() for name in values}
        if not (touched or self.corrections or self.rereads or self.change.note or self.action == "undo"):
            return
        for id_, values in self.change.after.items():
            self.every[int(id_)].acting_version += bool(ACTING & values.keys())
        self.session.add(self.change)
        self.session.flush()
        for correction in self.corrections:
            correction.change_id = self.change.id
        self.session.add_all(self.corrections)
        if self.rereads or self.corrections or touched & REREAD:
            self.survey.catalogue_version += 1

    def _differences(self) -> tuple[dict[str, State], dict[str, State]]:
        """The columns that changed; of a new pain point all, so that whatever is done to it rests on its making."""
        before, after = {}, {}
        for id_, old in self._before.items():
            new = state(self.every[id_])
            is_new = old["is_removed"] != new["is_removed"]
            names = [name for name in COLUMNS if is_new or old[name] != new[name]]
            if names:
                before[str(id_)] = {name: old[name] for name in names}
                after[str(id_)] = {name: new[name] for name in names}
        return before, after


def state(point: PainPoint) -> State:
    """What of a pain point people can change."""
    values = {name: getattr(point, name) for name in COLUMNS}
    return {**values, "due_on": point.due_on.isoformat() if point.due_on else None}


def put(point: PainPoint, values: Mapping[str, Any]) -> None:
    """Set these columns."""
    for name, value in values.items():
        setattr(point, name, date.fromisoformat(value) if name == "due_on" and value else value)


@contextmanager
def changing(survey: Survey, who: str, action: str) -> Iterator[Journal]:
    """One change in one transaction, one after another in each survey. A refusal inside leaves everything as it was."""
    survey_id = survey.id
    with writing() as session:
        query = sa.select(Survey).where(Survey.id == survey_id).with_for_update()
        locked = session.scalars(query.execution_options(populate_existing=True)).one()
        journal = Journal(session, locked, who, action)
        yield journal
        journal.close()
