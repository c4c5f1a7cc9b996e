"""Cases in people's hands: what changes, what is kept, what is overdue, and how follow-up goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from app.errors import Conflict, Invalid, NotFound
from app.models import Department, Survey, now
from app.models.transaction import writing
from app.schemas.cases import CaseFilters
from app.services import case_changes, cases, responses, surveys, users
from app.services.responses import Answer
from tests import rows
from tests.rows import NOON

pytestmark = pytest.mark.usefixtures("app")
ANN, BO = "ann@example.com", "bo@example.com"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def survey(clock: time_machine.Coordinates) -> Survey:
    """Two departments, two members, somebody of elsewhere."""
    made, other = rows.survey(), rows.survey("other", "Other")
    for email, into in ((ANN, made), (BO, made), ("eve@example.com", other)):
        users.join(users.create(email, "correct horse battery"), into, "editor")
    with writing() as session:
        session.add_all([Department(survey_id=made.id, name=name) for name in ("Billing", "Service")])
    return made


def opened(survey: Survey, score: int = 3, nonce: str = "n1", **more: Any) -> int:
    """A new case; its number."""
    answered = responses.record(survey.id, Answer(nonce, score, "widget", **more)).response_id
    return next(
        one.id for one in cases.page(survey, CaseFilters(state="all"), now()).cases if one.response_id == answered
    )


def change(survey: Survey, number: int, version: int | None = None, **values: Any) -> cases.CaseFile:
    return case_changes.change(survey, ANN, number, values, version)


def numbers(survey: Survey, **filters: Any) -> list[int]:
    return [one.id for one in cases.page(survey, CaseFilters(**filters), now()).cases]


def test_a_change_keeps_who_did_what_when(survey: Survey) -> None:
    file = change(survey, opened(survey), state="in progress", assignee=BO, department="Service", note="Called.")

    assert (file.case.state, file.case.assignee, file.case.department, file.case.version) == (
        "in progress", BO, "Service", 2,
    )  # fmt: skip
    [entry] = file.entries
    assert (entry.made_by, entry.made_at, entry.note) == (ANN, NOON, "Called.")
    assert entry.changes == {"state": "in progress", "assignee": BO, "department": "Service", "due_on": None}


@pytest.mark.parametrize("values", [{"state": "in progress"}, {"contact": True}], ids=str)
def test_the_first_contact_is_kept_and_fulfils_what_it_was_due_for(
    survey: Survey, clock: time_machine.Coordinates, values: dict[str, Any]
) -> None:
    number = opened(survey)
    clock.shift(timedelta(hours=5))
    change(survey, number, **values)
    clock.shift(timedelta(days=1))

    file = change(survey, number, contact=True, due_on=date(2026, 12, 1))

    assert file.case.state == "in progress"
    assert file.case.first_contact_at == NOON + timedelta(hours=5)
    assert [entry.changes.get("due_on") for entry in file.entries] == [None, "2026-12-01"]
    assert [entry.is_contact for entry in file.entries] == [bool(values.get("contact")), True]


def test_saving_what_is_there_writes_nothing(survey: Survey) -> None:
    number = opened(survey)

    file = change(survey, number, 1, state="open", reason=None, assignee=None, note="  ")

    assert (file.case.version, file.entries) == (1, [])


def test_only_a_closed_case_has_a_reason(survey: Survey) -> None:
    number = opened(survey)
    assert change(survey, number, state="closed", reason="solved").case.closed_at == NOON

    file = change(survey, number, state="open", reason="solved")

    assert (file.case.reason, file.case.closed_at) == (None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"state": "asleep"}, "state"),
        ({"state": ""}, "state"),
        ({"state": "closed"}, "reason"),
        ({"state": "closed", "reason": "score raised"}, "reason"),
        ({"state": "closed", "reason": "bored"}, "reason"),
        ({"assignee": "eve@example.com"}, "assignee"),
        ({"assignee": "nobody@example.com"}, "assignee"),
        ({"department": "Kitchen"}, "department"),
        ({"due_on": date(1999, 1, 1)}, "due_on"),
        ({"note": "x" * 4_001}, "note"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_of_it_kept(
    survey: Survey, values: dict[str, Any], field: str
) -> None:
    number = opened(survey)

    with pytest.raises(Invalid) as refused:
        change(survey, number, **{"note": "kept?", **values})

    assert field in refused.value.errors
    assert cases.one(survey, number, now()).entries == []


def test_nobody_overwrites_what_they_have_not_seen(survey: Survey) -> None:
    number = opened(survey)
    change(survey, number, 1, assignee=BO)

    with pytest.raises(Conflict):
        change(survey, number, 1, assignee=ANN)

    assert cases.one(survey, number, now()).case.assignee == BO


def test_a_case_of_another_survey_is_not_there(survey: Survey) -> None:
    number = opened(survey)

    for act in (lambda: cases.one(surveys.get("other"), number, now()), lambda: change(surveys.get("other"), number)):
        with pytest.raises(NotFound):
            act()


def test_a_case_is_overdue_the_day_after_it_was_due_until_it_is_contacted(
    survey: Survey, clock: time_machine.Coordinates
) -> None:
    number, other = opened(survey), opened(survey, nonce="n2")
    clock.shift(timedelta(days=2))
    assert cases.overdue(survey, now()) == []
    clock.shift(timedelta(days=1))
    assert [one.id for one in cases.overdue(survey, now())] == [number, other]
    assert numbers(survey, overdue=True) == [number, other]

    change(survey, number, contact=True)

    assert [one.id for one in cases.overdue(survey, now())] == [other]


def test_lists_are_narrowed_and_sorted(survey: Survey, clock: time_machine.Coordinates) -> None:
    first = opened(survey, 4)
    clock.shift(timedelta(hours=1))
    second = opened(survey, 2, "n2")
    third = opened(survey, 6, "n3")
    change(survey, first, assignee=ANN, due_on=date(2026, 12, 24))
    change(survey, second, department="Billing", due_on=None)
    change(survey, third, state="closed", reason="nothing to do")

    assert numbers(survey) == [first, second]
    assert numbers(survey, state="all", sort="newest") == [third, second, first]
    assert numbers(survey, state="all", sort="oldest") == [first, second, third]
    assert numbers(survey, state="all", sort="score") == [second, first, third]
    assert numbers(survey, state="closed") == [third]
    assert numbers(survey, assignee=ANN) == [first]
    assert numbers(survey, assignee="-") == [second]
    assert numbers(survey, department="Billing") == [second]
    assert numbers(survey, department="-") == [first]
    assert cases.page(survey, CaseFilters(page=2), now(), 1).cases[0].id == second
    with pytest.raises(NotFound):
        cases.page(survey, CaseFilters(page=3), now(), 1)


@pytest.mark.parametrize("sort", ["due", "oldest", "newest", "score"])
def test_a_list_goes_on_behind_the_last_one_whatever_is_closed_meanwhile(survey: Survey, sort: Any) -> None:
    made = [opened(survey, score, f"n{place}") for place, score in enumerate((4, 2, 2, 6, 0, 4))]
    for number, day in ((made[0], None), (made[1], date(2026, 12, 24)), (made[4], None)):
        change(survey, number, due_on=day)
    filters = CaseFilters(sort=sort)
    whole = numbers(survey, sort=sort)

    read: list[int] = []
    after = None
    for _ in made:
        part = cases.part(survey, filters, now(), 1, after)
        read += [one.id for one in part.cases]
        after = part.next
        change(survey, read[-1], state="closed", reason="solved")

    assert read == whole
    assert after is None


def test_the_figures_leave_out_what_closed_by_itself(survey: Survey, clock: time_machine.Coordinates) -> None:
    first, _second = opened(survey), opened(survey, nonce="n2")
    responses.record(survey.id, Answer("n3", 3, "widget"))
    raised = responses.record(survey.id, Answer("n3", 9, "widget"))
    assert raised.outcome == "changed"
    clock.shift(timedelta(hours=6))
    change(survey, first, contact=True)
    clock.shift(timedelta(days=4))
    change(survey, first, state="closed", reason="solved")

    figures = cases.figures(survey, now())

    assert (figures.unclosed, figures.overdue) == (1, 1)
    assert (figures.recent.n, figures.recent.followed_up) == (2, 1)
    assert figures.recent.to_contact == timedelta(hours=6)
    assert figures.recent.to_close == timedelta(days=4, hours=6)


def test_without_cases_there_is_no_median(survey: Survey) -> None:
    assert cases.figures(survey, now()).recent.to_contact is None
