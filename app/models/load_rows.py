"""Writing what was counted: loads are added up, and the last time a respondent was shown the question is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models.loads import Load
from app.models.responses import Respondent
from app.models.upsert import insert_many_once

TOUCHPOINTS = 100  # of one survey and day; a program that makes up more of them fills no table

Place = tuple[int, date, str]  # survey, day, touchpoint


def add(loads: Mapping[Place, int], turned_away: Mapping[Place, int]) -> None:
    """Add to what stands there already, also what another process adds at the same moment."""
    places = _bounded({*loads, *turned_away})
    rows: dict[Place, Counter[str]] = {}
    for name, counted in (("loads", loads), ("turned_away", turned_away)):
        for place, number in counted.items():
            rows.setdefault(places[place], Counter())[name] += number
    for (survey_id, day, touchpoint), numbers in sorted(rows.items()):
        _add({"survey_id": survey_id, "day": day, "touchpoint": touchpoint}, numbers)


def _add(key: dict[str, object], numbers: Counter[str]) -> None:
    added = {name: numbers[name] for name in ("loads", "turned_away")}
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Load).values(**key, **added)
    more = {name: getattr(Load, name) + number for name, number in added.items()}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=more))


def _bounded(places: Iterable[Place]) -> dict[Place, Place]:
    """Where each place is counted: itself, or without its touchpoint when the day has too many of them."""
    days = {(survey_id, day) for survey_id, day, _ in places}
    query = sa.select(Load.survey_id, Load.day, Load.touchpoint)
    pair = sa.tuple_(Load.survey_id, Load.day)
    known = {tuple(row) for row in db.session.execute(query.where(pair.in_(sorted(days))))}
    found: dict[Place, Place] = {}
    for place in sorted(places):
        of_the_day = sum(one[:2] == place[:2] for one in known)
        fits = place in known or of_the_day < TOUCHPOINTS
        found[place] = place if fits else (*place[:2], "")
        known.add(found[place])
    return found


def set_shown(shown: Mapping[tuple[int, str], datetime]) -> None:
    """Remember when the question was last put before these respondents, by survey and subject."""
    if not shown:
        return
    rows = [{"survey_id": id_, "subject": subject, "created_at": at} for (id_, subject), at in sorted(shown.items())]
    insert_many_once(Respondent, rows)
    table = Respondent.__table__
    later = sa.or_(table.c.shown_at.is_(None), table.c.shown_at < sa.bindparam("at"))
    same = (table.c.survey_id == sa.bindparam("survey")) & (table.c.subject == sa.bindparam("who"))
    statement = sa.update(Respondent.__table__).where(same, later)  # type: ignore[arg-type]
    values = [{"survey": row["survey_id"], "who": row["subject"], "at": row["created_at"]} for row in rows]
    db.session.connection().execute(statement.values(shown_at=sa.bindparam("at")), values)
