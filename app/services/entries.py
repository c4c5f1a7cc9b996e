"""The catalogue of a survey as the engine is told it: entries with their phrases, and what people corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.analysis.model import Model
from app.analysis.pain_points import catalogue
from app.analysis.types import Entry, Lesson
from app.extensions import db
from app.models import CatalogueChange, Correction, PainPoint, now, queries
from app.models.transaction import writing
from app.models.upsert import insert_once
from app.services import department_rules, made

Phrases = Mapping[str, Sequence[str]]


def known(survey_id: int, learned: Sequence[Entry] = ()) -> tuple[Entry, ...]:
    """What is shipped, with the phrases that people added, then what was discovered or made, in the order it came.

    A merged or hidden one is still an entry: its comments go to nobody else. `learned` fills in what a discovered one
    was known by before its phrases were kept.
    """
    rows = {row.key: row for row in queries.catalogue(survey_id)}
    before = {entry.id: entry for entry in learned}
    shipped = catalogue.shipped()
    ids = {entry.id for entry in shipped}
    own = [_entry(row, before.get(key)) for key, row in rows.items() if key not in ids]
    return (*(_with(entry, rows[entry.id].phrases) if entry.id in rows else entry for entry in shipped), *own)


def lessons(survey_id: int) -> list[Lesson]:
    """What people corrected and did not take back, the oldest first."""
    keys = {point.id: point.key for point in queries.catalogue(survey_id)}
    stands = CatalogueChange.undone_by.is_(None)
    query = sa.select(Correction).join(CatalogueChange, CatalogueChange.id == Correction.change_id)
    said = db.session.scalars(query.where(Correction.survey_id == survey_id, stands).order_by(Correction.id))
    return [
        Lesson(one.text, one.language, keys.get(one.wrong_id or 0), keys.get(one.right_id or 0))
        for one in said
        if one.right_id is None or one.right_id in keys
    ]


def keys(survey_id: int) -> dict[str, int]:
    """The rows of the catalogue by their stable ids."""
    rows = db.session.execute(sa.select(PainPoint.key, PainPoint.id).where(PainPoint.survey_id == survey_id))
    return {row.key: row.id for row in rows}


def keep(survey_id: int, entries: Sequence[Entry], erasures: int) -> dict[str, int]:
    """Add what is new to the catalogue; what is there keeps its row, its id, its name and its phrases.

    What was discovered goes to the department that its words speak for. ErasedMeanwhileError, and nothing is kept, if
    there were more `erasures` meanwhile.
    """
    shipped = {entry.id for entry in catalogue.shipped()}
    with writing():
        made.expect(survey_id, erasures)
        rules = department_rules.of_survey(survey_id)
        for entry in entries:
            values = _values(survey_id, entry, rules)
            if insert_once(PainPoint, values) is None and entry.id not in shipped:
                _fill_in(survey_id, entry.id, values["phrases"])
    return keys(survey_id)


def _values(survey_id: int, entry: Entry, rules: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    ruled = department_rules.assigned(entry, rules) if entry.origin == "discovered" else ""
    phrases = {} if entry.origin == "seed" else {code: list(said) for code, said in entry.phrases.items()}
    return {
        "survey_id": survey_id,
        "key": entry.id,
        "origin": entry.origin,
        "names": dict(entry.names),
        "terms": list(entry.terms),
        "phrases": phrases,
        "department": ruled or entry.department,
        "status": "open",
        "is_hidden": False,
        "is_pinned": False,
        "is_removed": False,
        "created_at": now(),
    }


def _fill_in(survey_id: int, key: str, phrases: Phrases) -> None:
    """A row from the time before phrases were kept learns its own."""
    row = db.session.scalar(sa.select(PainPoint).where(PainPoint.survey_id == survey_id, PainPoint.key == key))
    if row is not None and not row.phrases:
        row.phrases = {code: list(said) for code, said in phrases.items()}


def _entry(row: PainPoint, before: Entry | None) -> Entry:
    phrases = row.phrases or (before.phrases if before else {})
    made = Entry(row.key, row.origin, row.names, _frozen(phrases), row.department, tuple(row.terms))  # type: ignore[arg-type]
    made = replace(made, words=_stocked().get(row.key, {}))
    return replace(made, terms=before.terms) if before else made


@cache
def _stocked() -> dict[str, Mapping[str, tuple[str, ...]]]:
    """The words of the subjects on the shelf: they are shipped, and not kept with a survey."""
    return {entry.id: entry.words for entry in catalogue.shelf()}


def _with(entry: Entry, more: Phrases) -> Entry:
    """A shipped entry with the phrases that people gave it besides."""
    codes = {**entry.phrases, **more}
    both = {code: tuple(dict.fromkeys((*entry.phrases.get(code, ()), *more.get(code, ())))) for code in codes}
    return replace(entry, phrases=both)


def _frozen(phrases: Phrases) -> dict[str, tuple[str, ...]]:
    return {code: tuple(said) for code, said in phrases.items() if said}


def has_lost_phrases(model: Model, entries: Sequence[Entry]) -> bool:
    """Whether a phrase was taken away that this model has learned from, so that only a new fit can forget it."""
    now_known = {entry.id: entry.phrases for entry in entries}
    return any(
        set(said) - set(now_known[entry.id].get(code, ()))
        for entry in model.entries
        if entry.id in now_known
        for code, said in entry.phrases.items()
    )
