"""The same answers on SQLite: ids, times and words as they are, read by the same steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from faults.places import KEY, Place

OWN = ("id", "finished_at")  # what an analysis says of itself: runs that were killed took numbers of their own


def copied_tables() -> list[sa.Table]:
    """What was said and asked. What was understood of it is not copied but worked out again; a vector is a memory."""
    from app.models import Base

    names = ("survey", "respondent", "response", "response_revision", "event", "load", "vector")
    return [table for table in Base.metadata.sorted_tables if table.name in names]


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of them, inside an application."""
    from app.extensions import db

    db.session.rollback()
    read = {table.name: db.session.execute(sa.select(table)).mappings().all() for table in copied_tables()}
    return {name: [dict(row) for row in found] for name, found in read.items()}


@contextmanager
def on_sqlite(folder: Path, kept: dict[str, list[dict[str, Any]]], first: int, secret: str) -> Iterator[Place]:
    """An installation with these rows: learned from the answers up to the id `first`, and then read the others."""
    with Place(folder, (), SECRET_KEY=secret) as place:
        with place.inside():
            _fill(kept, first)
        yield place


def _fill(kept: dict[str, list[dict[str, Any]]], first: int) -> None:
    from app.extensions import db
    from app.models import Survey
    from app.models.transaction import writing
    from app.services import analyses, surveys

    with writing() as session:
        session.execute(sa.delete(Survey))
    _insert(kept, lambda name, row: _answer(name, row) <= first)
    survey_id = surveys.get(KEY).id
    run = analyses.run(survey_id)
    _insert(kept, lambda name, row: _answer(name, row) > first)
    with writing():
        from app.models import unread

        unread.mark_rest(survey_id, run.id)
    while analyses.read_new(survey_id) == analyses.AT_ONCE:
        continue
    db.session.rollback()


def _answer(table: str, row: dict[str, Any]) -> int:
    """The answer that a row belongs to, 0 where it is there before any."""
    return int(row["id"]) if table == "response" else int(row.get("response_id") or 0)


def _insert(kept: dict[str, list[dict[str, Any]]], wanted: Any) -> None:
    from app.models.transaction import writing

    with writing() as session:
        for table in copied_tables():
            chosen = [row for row in kept[table.name] if wanted(table.name, row)]
            if chosen:
                session.execute(sa.insert(table), chosen)


def report(place: Place) -> str:
    """What `flask report --format json` prints, without what an analysis says of itself."""
    said = place.flask("report", "--survey", KEY, "--format", "json")
    content = json.loads(said)
    for name in OWN:
        said = said.replace(f'"{name}": {json.dumps(content["analysis"][name])}', f'"{name}": null', 1)
    return said
