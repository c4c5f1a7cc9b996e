"""The catalogue of a survey to look at: its pain points, and what people did to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.analysis.pain_points import catalogue
from app.errors import NotFound
from app.extensions import db
from app.models import CatalogueChange, Correction, PainPoint, Survey, facets, moves, queries
from app.models.pain_points import is_late, name_of
from app.reports.changes import Change, Taught

OUTWARD = {
    "named": "name", "phrases": "phrases", "department": "department", "owner": "owner", "status": "status",
    "due_on": "due_on", "ticket": "ticket", "fixes": "fixes",
    "merged_into_id": "merged_into", "is_hidden": "hidden", "is_pinned": "pinned", "is_removed": "removed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One pain point. `people` raise it in the current run; `phrases` are its own, `shipped` those it came with."""

    id: str
    name: str
    origin: str
    department: str
    owner: str | None
    status: str
    due_on: date | None
    people: int
    hidden: bool
    pinned: bool
    merged_into: str | None
    phrases: Mapping[str, Sequence[str]]
    shipped: Mapping[str, Sequence[str]]

    def is_overdue(self, today: date) -> bool:
        """Whether its due date is past and it is neither fixed nor given up."""
        return is_late(self.due_on, self.status, today)

    @property
    def is_visible(self) -> bool:
        """Whether a report may list it."""
        return not (self.hidden or self.merged_into)


def listed(survey: Survey, language: str = "en") -> list[Listed]:
    """All pain points of a survey, by name; the merged ones too."""
    points = {point.id: point for point in queries.catalogue(survey.id)}
    run = queries.current_run(survey.id)
    people = moves.people(survey.id, run.id if run else None)
    shipped = {entry.id: entry.phrases for entry in catalogue.shipped()}
    rows = [_listed(point, points, people.get(point.id, 0), shipped, language) for point in points.values()]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def _listed(
    point: PainPoint, points: Mapping[int, PainPoint], people: int, shipped: Mapping[str, Any], language: str
) -> Listed:
    return Listed(
        id=point.key,
        name=point.name(language),
        origin=point.origin,
        department=point.department,
        owner=point.owner,
        status=point.status,
        due_on=point.due_on,
        people=people,
        hidden=point.is_hidden,
        pinned=point.is_pinned,
        merged_into=points[point.merged_into_id].key if point.merged_into_id else None,
        phrases=point.phrases,
        shipped=shipped.get(point.key, {}),
    )


def one(survey: Survey, key: str, language: str = "en") -> Listed:
    """One pain point of a survey, or NotFound."""
    found = next((row for row in listed(survey, language) if row.id == key), None)
    if found is None:
        raise NotFound("There is no such pain point.")
    return found


def target(survey: Survey, key: str) -> str | None:
    """The pain point that one was merged into, None if it stands for itself or is not there."""
    points = {point.id: point for point in queries.catalogue(survey.id)}
    into = next((point.merged_into_id for point in points.values() if point.key == key), None)
    return points[into].key if into in points else None


def changes(survey: Survey, limit: int, before: int | None = None, about: PainPoint | None = None) -> list[Change]:
    """The changes of a catalogue, the newest first; with `before` those made before that one, perhaps of one alone."""
    query = sa.select(CatalogueChange).where(CatalogueChange.survey_id == survey.id)
    if before is not None:
        query = query.where(CatalogueChange.id < before)
    if about is not None:
        query = query.where(CatalogueChange.id.in_(facets.changes_of(about)))
    found = db.session.scalars(query.order_by(CatalogueChange.id.desc()).limit(limit)).all()
    points = {
        point.id: point for point in db.session.scalars(sa.select(PainPoint).where(PainPoint.survey_id == survey.id))
    }
    taught = _taught([row.id for row in found], points)
    return [_change(row, points, taught.get(row.id, [])) for row in found]


def number_of_changes(survey: Survey) -> int:
    """How many changes there are in all."""
    query = sa.select(sa.func.count()).where(CatalogueChange.survey_id == survey.id)
    return db.session.scalar(query) or 0


def change(survey: Survey, change_id: int) -> Change:
    """One change, or NotFound."""
    found = next(iter(changes(survey, 1, change_id + 1)), None)
    if found is None or found.id != change_id:
        raise NotFound("There is no such change.")
    return found


def _change(row: CatalogueChange, points: Mapping[int, PainPoint], taught: Sequence[Taught]) -> Change:
    point = points.get(row.pain_point_id or 0)
    return Change(
        id=row.id,
        made_at=row.made_at,
        made_by=row.made_by,
        action=row.action,
        pain_point=point.key if point else None,
        name=point.name() if point else None,
        first=name_of(point.key, None, point.names) if point else None,
        before=_outward(row.before, points),
        after=_outward(row.after, points),
        undoes=row.undoes,
        undone_by=row.undone_by,
        corrections=tuple(taught),
        note=row.note or "",
        names={point.key: point.name() for point in points.values()},
    )


def _outward(states: Mapping[str, Mapping[str, Any]], points: Mapping[int, PainPoint]) -> dict[str, dict[str, Any]]:
    """Stable ids in place of rows, and the words of the API in place of columns."""
    return {
        points[int(id_)].key: {OUTWARD[name]: _value(name, value, points) for name, value in state.items()}
        for id_, state in states.items()
        if int(id_) in points
    }


def _value(name: str, value: Any, points: Mapping[int, PainPoint]) -> Any:
    return points[value].key if name == "merged_into_id" and value in points else value


def _taught(change_ids: Sequence[int], points: Mapping[int, PainPoint]) -> dict[int, list[Taught]]:
    found: dict[int, list[Taught]] = {}
    query = sa.select(Correction).where(Correction.change_id.in_(change_ids)).order_by(Correction.id)
    names = {id_: point.name() for id_, point in points.items()}
    for row in db.session.scalars(query):
        wrong, right = names.get(row.wrong_id or 0), names.get(row.right_id or 0)
        found.setdefault(row.change_id, []).append(Taught(row.text, row.language, wrong, right))
    return found
