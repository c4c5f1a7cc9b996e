"""What is done about a pain point, to look at: how it stands, what can be chosen, what became of it, who did what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.errors import NotFound
from app.models import PainPoint, Survey, queries
from app.reports.changes import Change
from app.reports.effects import Effect
from app.services import catalogues, departments
from app.services.effects import effect_of
from app.services.periods import day_of

LONGEST = 50  # changes of a history


@dataclass(frozen=True, slots=True)
class Acting:
    """How it stands. `version` is what a form rests on; `owners` and `departments` are what it offers.

    `history` are the newest changes, the newest first. `effect` is what became of it since its last fix.
    """

    version: int
    owner: str | None
    department: str
    status: str
    due_on: date | None
    ticket: str | None
    fixes: tuple[date, ...]
    is_overdue: bool
    owners: Sequence[str]
    departments: Sequence[str]
    effect: Effect | None
    history: Sequence[Change]

    @property
    def fixed_on(self) -> date | None:
        """The day of the fix that stands; None unless it is fixed."""
        return self.fixes[-1] if self.fixes and self.status == "fixed" else None

    def fields(self) -> dict[str, str]:
        """What the fields of a form hold."""
        return {
            "status": self.status,
            "owner": self.owner or "",
            "department": self.department,
            "due_on": _iso(self.due_on),
            "fixed_on": _iso(self.fixed_on),
            "ticket": self.ticket or "",
        }


def build(survey: Survey, point: PainPoint, now: datetime) -> Acting:
    """All of it about one pain point."""
    return Acting(
        version=point.acting_version,
        owner=point.owner,
        department=point.department,
        status=point.status,
        due_on=point.due_on,
        ticket=point.ticket,
        fixes=tuple(map(date.fromisoformat, point.fixes)),
        is_overdue=point.is_overdue(day_of(now, survey)),
        owners=owners(survey),
        departments=departments.names(survey),
        effect=effect_of(survey, point, now),
        history=catalogues.changes(survey, LONGEST, about=point),
    )


def one(survey: Survey, key: str) -> PainPoint:
    """A pain point of the survey by its stable id, or NotFound."""
    found = next((point for point in queries.catalogue(survey.id) if point.key == key), None)
    if found is None:
        raise NotFound("There is no such pain point.")
    return found


def owners(survey: Survey) -> list[str]:
    """Who can be chosen: the members of the survey, and who sees to something already."""
    named = {point.owner for point in queries.catalogue(survey.id) if point.owner}
    return sorted(named | set(departments.people(survey)), key=lambda name: (name.casefold(), name))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
