"""What is under way and what is followed up, as tables for files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.reports.under_way import Item

UNDER_WAY_COLUMNS = (
    "id", "name", "status", "owner", "department", "due_on", "overdue", "ticket", "fixed_on", "effect",
)  # fmt: skip
CASE_COLUMNS = (
    "id", "state", "reason", "assignee", "department", "opened_at", "age_days", "first_contact_at", "due_on", "overdue",
    "closed_at", "response_id", "score", "comment", "respondent", "account",
)  # fmt: skip


def under_way_rows(items: Iterable[Item]) -> Iterator[Sequence[Any]]:
    """One row for each pain point, under `UNDER_WAY_COLUMNS`; `effect` is the sentence of its page."""
    for item in items:
        yield (
            item.id, item.name, item.status, item.owner, item.department, item.due_on, _yes(item.is_overdue),
            item.ticket, item.fixed_on, item.effect.sentence if item.effect else None,
        )  # fmt: skip


def case_rows(cases: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """One row for each case, under `CASE_COLUMNS`."""
    for case in cases:
        yield (
            case.id, case.state, case.reason, case.assignee, case.department, case.opened_at.isoformat(), case.age_days,
            _moment(case.first_contact_at), case.due_on, _yes(case.is_overdue), _moment(case.closed_at),
            case.response_id, case.score, case.comment, case.respondent, case.account,
        )  # fmt: skip


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
