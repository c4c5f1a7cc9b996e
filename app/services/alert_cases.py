"""The rule about cases: those that are overdue, each told once for each of its days."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.models import Response
from app.reports.translating import gettext, ngettext
from app.services import cases
from app.services.alert_news import Found, Look, News
from app.services.cases import CaseView
from app.services.periods import day_of


def overdue(look: Look) -> Found:
    """Cases whose day is over and that nobody closed."""
    late = [case for case in cases.overdue(look.survey, look.at) if look.is_theirs(case.department or "")]
    shown = _matching(look, [case.response_id for case in late])
    waiting = [case for case in late if case.response_id in shown]
    if not waiting:
        return Found(gettext("no case is overdue"))
    news = [one for one in (_news(look, case) for case in waiting) if not look.has_told(one.once)]
    why = ngettext("%(num)s case", "%(num)s cases", len(news)) if news else gettext("told before")
    return Found(why, tuple(news))


def _matching(look: Look, response_ids: list[int]) -> set[int]:
    """The answers among these that the rule's filters let through."""
    query = sa.select(Response.id).where(*look.scope().conditions(), Response.id.in_(response_ids))
    return set(db.session.scalars(query))


def _news(look: Look, case: CaseView) -> News:
    facts = {
        "score": case.score,
        "since": day_of(case.opened_at, look.survey).isoformat(),
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "owner": case.assignee,
        "department": case.department,
    }
    return News(f"overdue {case.id} {case.due_on}", facts, str(case.id), case.response_id)
