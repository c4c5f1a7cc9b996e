"""Views of a report under a name: saved, opened, renamed, removed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import SavedView, Survey, User
from app.models.transaction import writing
from app.reports.filters import Filters

LONGEST = 80  # letters of a name
MOST = 50  # views that one person sees in one survey


def listed(survey: Survey, user: User) -> Sequence[SavedView]:
    """The views of a survey that this person may open, by name."""
    return sorted(db.session.scalars(_seen_by(survey.id, user.id)), key=lambda view: (view.name.casefold(), view.id))


def _seen_by(survey_id: int, user_id: int) -> sa.Select[SavedView]:
    theirs = sa.or_(SavedView.user_id.is_(None), SavedView.user_id == user_id)
    return sa.select(SavedView).where(SavedView.survey_id == survey_id, theirs)


def one(survey: Survey, user: User, view_id: int) -> SavedView:
    """One of them, or NotFound: somebody else's own view looks like none."""
    found = db.session.scalar(_seen_by(survey.id, user.id).where(SavedView.id == view_id))
    if found is None:
        raise NotFound("There is no such view.")
    return found


def save(survey: Survey, user: User, name: str, filters: Filters, *, for_all: bool = False) -> SavedView:
    """Keep a view under a name, for oneself or for everybody; Invalid says what is wrong with it."""
    survey_id, user_id, email = survey.id, user.id, user.email
    with writing() as session:
        others = session.scalars(_seen_by(survey_id, user_id)).all()
        if len(others) >= MOST:
            _refuse(f"There are {MOST} views already: remove one first.")
        made = SavedView(survey_id=survey_id, name=_free(name, others), query=filters.query(), made_by=email)
        made.user_id = None if for_all else user_id
        session.add(made)
    return made


def rename(survey: Survey, user: User, view_id: int, name: str) -> None:
    """Give it another name."""
    survey_id, user_id = survey.id, user.id
    with writing() as session:
        seen = session.scalars(_seen_by(survey_id, user_id)).all()
        view = _of(seen, view_id)
        view.name = _free(name, [other for other in seen if other is not view])


def remove(survey: Survey, user: User, view_id: int) -> None:
    """Forget it. What it showed stays as it is."""
    survey_id, user_id = survey.id, user.id
    with writing() as session:
        session.delete(_of(session.scalars(_seen_by(survey_id, user_id)).all(), view_id))


def _of(views: Sequence[SavedView], view_id: int) -> SavedView:
    found = next((view for view in views if view.id == view_id), None)
    if found is None:
        raise NotFound("There is no such view.")
    return found


def _free(name: str, others: Sequence[SavedView]) -> str:
    """The name without spaces around it, if it can be one and nobody sees another view of that name."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        _refuse("Give it a name.")
    if len(name) > LONGEST:
        _refuse(f"At most {LONGEST} letters.")
    if name.casefold() in {other.name.casefold() for other in others}:
        _refuse("There is a view of this name already.")
    return name


def _refuse(text: str) -> None:
    raise Invalid(text, {"name": [text]})
