"""Customers in words and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from app.analysis.customers.health import Facts, Health, Name
from app.reports import wording
from app.reports.translating import gettext, ngettext

COLUMNS = (
    "kind", "name", "people", "answers", "latest_score", "last_answer_at", "customer_since", "monthly_revenue",
    "lifetime_value", "value_at_risk", "currency", "health", "open_pain_points", "case",
)  # fmt: skip


class Listed(Protocol):
    """What a file says of a customer."""

    kind: Any
    name: str
    people: int
    answers: int
    latest: float
    last_at: datetime
    customer_since: date | None
    monthly_revenue: float | None
    value: float | None
    at_risk: float | None
    health: Health | None
    facts: Facts


def rows(customers: Iterable[Any], currency: str) -> Iterator[Sequence[Any]]:
    """One row for each customer, under `COLUMNS`; numbers unrounded, nothing where nothing is known."""
    return (_cells(one, currency) for one in customers)


def _cells(one: Listed, currency: str) -> Sequence[Any]:
    return (
        one.kind, one.name, one.people, one.answers, one.latest, one.last_at.isoformat(), one.customer_since,
        one.monthly_revenue, one.value, one.at_risk, currency, one.health.score if one.health else None,
        one.facts.open_pain_points, one.facts.case,
    )  # fmt: skip


def part(name: Name, facts: Facts, metric: str = "nps") -> tuple[str, str]:
    """What a part of a customer's health is called, and what it is made of."""
    words = {
        "score": (
            gettext("Latest score"),
            _latest(facts.latest, metric),
        ),
        "change": (gettext("Direction"), _change(facts.change, metric)),
        "pain points": (gettext("Open pain points"), _pain(facts.open_pain_points)),
        "case": (gettext("Case"), _case(facts)),
        "silence": (gettext("Recency"), _silence(facts.days)),
        "limit": (gettext("Limit"), gettext("never below 0 or above 100")),
    }
    return words[name]


def _latest(latest: float, metric: str) -> str:
    score = wording.number(round(latest, 2))
    if metric == "nps":
        return gettext("%(score)s, times 10", score=score)
    return gettext("%(score)s of 10 between the ends of its scale, times 10", score=score)


def _change(change: float | None, metric: str) -> str:
    if change is None:
        return gettext("nothing earlier to compare with")
    points = wording.points(round(change, 2), 1)
    if metric != "nps":
        text = "%(change)s of 10 between the ends of its scale against the answers before, times 2, at most 10"
        return gettext(text, change=points)
    return gettext("%(change)s against the answers before, times 2, at most 10", change=points)


def _pain(number: int) -> str:
    return ngettext("%(num)s raised, 3 off for each, at most 15", "%(num)s raised, 3 off for each, at most 15", number)


def _case(facts: Facts) -> str:
    return {
        "none": gettext("none to do"),
        "open": gettext("one is not closed: 5 off"),
        "overdue": gettext("one is overdue: 10 off"),
    }[facts.case]


def _silence(days: int) -> str:
    text = ngettext("last answer %(num)s day ago", "last answer %(num)s days ago", days)
    return gettext("%(text)s; from 90 on 1 off for every 30, at most 10", text=text)
