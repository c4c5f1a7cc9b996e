"""Cases for programs: lists, one with its history, and changes that overwrite nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.models import Department
from app.models.transaction import writing
from app.services import keys, users
from tests.api.conftest import Program


@pytest.fixture
def followed(program: Program) -> Program:
    """Three cases, a department and a member."""
    for score in (3, 0, 6):
        assert program.send({"score": score, "comment": f"a {score}"}).status_code == 201
    users.join(users.create("ann@example.com", "correct horse battery"), program.survey, "editor")
    with writing() as session:
        session.add(Department(survey_id=program.survey.id, name="Service"))
    return program


def patch(program: Program, number: int, body: Any) -> TestResponse:
    return program.client.patch(f"{program.base}/cases/{number}", json=body, headers=program.bearer)


def ids(answer: TestResponse) -> list[int]:
    return [one["id"] for one in answer.get_json()["cases"]]


def test_low_scores_sent_by_a_program_are_listed_with_figures(followed: Program) -> None:
    page = followed.get("cases", "?sort=score").get_json()

    assert [(one["score"], one["state"], one["overdue"], one["age_days"]) for one in page["cases"]] == [
        (0, "open", False, 0), (3, "open", False, 0), (6, "open", False, 0),
    ]  # fmt: skip
    assert page["figures"] == {
        "unclosed": 3, "overdue": 0, "opened": 3, "followed_up": 0,
        "median_seconds_to_contact": None, "median_seconds_to_close": None,
    }  # fmt: skip
    assert page["next"] is None


def test_pages_follow_each_other_and_cursors_fit_one_list(followed: Program) -> None:
    first = followed.get("cases", "?limit=2").get_json()
    second = followed.get("cases", f"?limit=2&cursor={first['next']}")

    assert [one["id"] for one in first["cases"]] + ids(second) == [1, 2, 3]
    assert followed.get("cases", f"?limit=2&state=closed&cursor={first['next']}").status_code == 422
    assert followed.get("responses", f"?limit=2&cursor={first['next']}").status_code == 422


@pytest.mark.parametrize("sort", ["due", "oldest", "newest", "score"])
def test_what_is_closed_while_a_program_reads_shifts_no_other(followed: Program, sort: str) -> None:
    patch(followed, 2, {"due_on": None})
    whole = ids(followed.get("cases", f"?sort={sort}"))
    first = followed.get("cases", f"?sort={sort}&limit=1")
    patch(followed, ids(first)[0], {"state": "closed", "reason": "solved"})

    rest = followed.get("cases", f"?sort={sort}&cursor={first.get_json()['next']}")

    assert [*ids(first), *ids(rest)] == whole


def test_a_case_is_changed_and_keeps_its_history(followed: Program) -> None:
    body = {"version": 1, "state": "in progress", "assignee": "ann@example.com", "department": "Service",
            "due_on": "2026-12-01", "note": "Called", "contact": True}  # fmt: skip

    answer = patch(followed, 1, body)

    assert answer.status_code == 200
    case = answer.get_json()
    assert (case["version"], case["assignee"], case["due_on"]) == (2, "ann@example.com", "2026-12-01")
    assert case["first_contact_at"]
    assert [(one["made_by"], one["note"], one["contact"]) for one in case["entries"]] == [
        ("shop backend", "Called", True)
    ]
    assert followed.get("cases/1").get_json() == case
    assert ids(followed.get("cases", "?assignee=ann@example.com&department=Service")) == [1]
    figures = followed.get("cases").get_json()["figures"]
    assert figures["followed_up"] == 1
    assert figures["median_seconds_to_contact"] <= timedelta(hours=1).total_seconds()


def test_null_empties_a_field_and_what_is_left_out_stays(followed: Program) -> None:
    patch(followed, 1, {"assignee": "ann@example.com", "department": "Service"})

    case = patch(followed, 1, {"assignee": None}).get_json()

    assert (case["assignee"], case["department"]) == (None, "Service")


def test_an_older_version_is_a_conflict(followed: Program) -> None:
    patch(followed, 1, {"note": "first"})

    answer = patch(followed, 1, {"version": 1, "note": "second"})

    assert (answer.status_code, answer.get_json()["name"]) == (409, "conflict")
    assert len(followed.get("cases/1").get_json()["entries"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"state": "asleep"},
        {"state": None},
        {"state": "closed"},
        {"state": "closed", "reason": "does not count"},
        {"assignee": "eve@example.com"},
        {"department": "Kitchen"},
        {"due_on": "2026-02-30"},
        {"due_on": "1999-01-01"},
        {"version": "1"},
        {"colour": "red"},
        {"note": "x" * 4_001},
        [],
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_cannot_be_is_refused(followed: Program, body: Any) -> None:
    assert patch(followed, 1, body).status_code == 422
    assert followed.get("cases/1").get_json()["version"] == 1


@pytest.mark.parametrize("query", ["?state=asleep", "?colour=red", "?overdue=yes", "?assignee=x", "?limit=0"])
def test_a_list_that_cannot_be_is_refused(followed: Program, query: str) -> None:
    assert followed.get("cases", query).status_code == 422


def test_keys_of_others_and_keys_for_reading_change_nothing(followed: Program, stranger: Program) -> None:
    headers = {"Authorization": f"Bearer {keys.create(followed.survey, 'reader', ['read'])}"}

    assert followed.client.patch(f"{followed.base}/cases/1", json={"note": "x"}, headers=headers).status_code == 403
    for address in (f"{followed.base}/cases", f"{followed.base}/cases/1", f"{stranger.base}/cases/1"):
        assert stranger.client.get(address, headers=stranger.bearer).status_code == 404
    assert patch(stranger, 1, {"note": "x"}).status_code == 404
    assert followed.get("cases/4711").status_code == 404
