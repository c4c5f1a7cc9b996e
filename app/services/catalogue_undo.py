"""Taking changes of a catalogue back, also a taking back."""

from __future__ import annotations

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import CatalogueChange, Correction, PainPoint, Survey
from app.services import catalogue_checks as checks
from app.services.catalogue_journal import Journal, State, changing, put, state


def undo(survey: Survey, who: str, change_id: int) -> CatalogueChange:
    """Make everything as it was before a change, on the record; Invalid says what rests on it."""
    with changing(survey, who, "undo") as journal:
        change = _change(survey.id, change_id)
        if change.undone_by is not None:
            raise Invalid("This change was undone already.")
        if change.action == "note":
            raise Invalid("A note stays: write another one.")
        journal.change.pain_point_id, journal.change.undoes = change.pain_point_id, change.id
        for id_, before in change.before.items():
            _restore(journal, journal.every[int(id_)], before, change)
        _check(journal, change)
        journal.session.add(journal.change)
        journal.session.flush()
        _switch(change, journal.change.id)
        journal.rereads = _has_corrections(change)
    return journal.change


def _change(survey_id: int, change_id: int) -> CatalogueChange:
    query = sa.select(CatalogueChange).where(CatalogueChange.survey_id == survey_id, CatalogueChange.id == change_id)
    change = db.session.scalar(query.with_for_update())
    if change is None:
        raise NotFound("There is no such change.")
    return change


def _restore(journal: Journal, point: PainPoint, before: State, change: CatalogueChange) -> None:
    after, now = change.after[str(point.id)], state(point)
    differing = {name for name, value in after.items() if now[name] != value}
    if differing:
        raise Invalid(_rests(point, _later(change, point.id, differing)))
    put(journal.touch(point), before)


def _later(change: CatalogueChange, point_id: int, names: set[str]) -> CatalogueChange | None:
    """The newest change after this one that set one of these columns."""
    query = sa.select(CatalogueChange).where(
        CatalogueChange.survey_id == change.survey_id, CatalogueChange.id > change.id
    )
    newest = db.session.scalars(query.order_by(CatalogueChange.id.desc()))
    return next((one for one in newest if names & one.after.get(str(point_id), {}).keys()), None)


def _rests(point: PainPoint, later: CatalogueChange | None) -> str:
    which = f" (no. {later.id}, {later.action})" if later else ""
    return f"A later change of “{point.name()}”{which} rests on this one: undo that one first."


def _check(journal: Journal, change: CatalogueChange) -> None:
    """What may not come out of it: two of one name, a chain of merged ones, something that points to what is gone."""
    for id_ in change.before:
        point = journal.every[int(id_)]
        if point.is_removed or point.merged_into_id:
            _check_free(journal, point)
        if point.merged_into_id and not _may_hold(journal.every[point.merged_into_id]):
            raise Invalid(f"“{journal.every[point.merged_into_id].name()}” is merged or gone meanwhile.")
        checks.unique(point, journal.points.values())


def _may_hold(target: PainPoint) -> bool:
    return not (target.is_removed or target.merged_into_id)


def _check_free(journal: Journal, point: PainPoint) -> None:
    holding = [one for one in journal.every.values() if one.merged_into_id == point.id and not one.is_removed]
    if holding:
        raise Invalid(f"“{holding[0].name()}” was merged into “{point.name()}” meanwhile: undo that first.")
    if point.is_removed and (later := _corrections_to(point)):
        raise Invalid(f"A correction (no. {later}) says that a comment is about “{point.name()}”: undo that first.")


def _corrections_to(point: PainPoint) -> int | None:
    """The newest standing change with a correction that leads to it."""
    query = sa.select(CatalogueChange.id).join(Correction, Correction.change_id == CatalogueChange.id)
    query = query.where(Correction.right_id == point.id, CatalogueChange.undone_by.is_(None))
    return db.session.scalar(query.order_by(CatalogueChange.id.desc()).limit(1))


def _switch(change: CatalogueChange, undone_by: int | None) -> None:
    """Mark it undone, or standing again. What an undone undoing had undone stands again."""
    change.undone_by = undone_by
    if change.undoes is not None:
        _switch(db.session.get_one(CatalogueChange, change.undoes), None if undone_by else change.id)


def _has_corrections(change: CatalogueChange) -> bool:
    """Whether a correction stands or falls with it."""
    while change.undoes is not None:
        change = db.session.get_one(CatalogueChange, change.undoes)
    query = sa.select(Correction.id).where(Correction.change_id == change.id).limit(1)
    return db.session.scalar(query) is not None
