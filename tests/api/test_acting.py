"""Programs say what is done about a pain point with the same rules as people, and read whether it helped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.services import catalogue_changes, departments, keys
from tests import rows
from tests.api.conftest import Program
from tests.rows import NOON
from tests.services.test_effects import V12, people

PATH = "pain-points/support/acting"


@pytest.fixture(autouse=True)
def answers(program: Program) -> None:
    rows.store(program.survey, [*people(*V12, ago=50), *people((8, 12, 9), (160, 95, 70), ago=10)])


def patch(program: Program, body: Any, path: str = PATH) -> TestResponse:
    return program.client.patch(f"{program.base}/{path}", json=body, headers=program.bearer)


def test_what_a_program_saves_is_its_own_by_name(program: Program) -> None:
    departments.create(program.survey, "Care")
    edit = {"status": "planned", "owner": "Bo", "department": "Care", "due_on": "2026-11-21",
            "ticket": "https://tickets.example.com/1"}  # fmt: skip

    answer = patch(program, {**edit, "note": "From the tracker.", "version": 0})

    assert answer.status_code == 200
    shown = answer.get_json()
    assert {name: shown[name] for name in edit} == edit
    assert (shown["version"], shown["overdue"], shown["fixes"], shown["effect"]) == (1, True, [], None)
    [change] = shown["history"]
    assert (change["made_by"], change["action"], change["note"]) == ("shop backend", "act", "From the tracker.")
    assert change["after"]["support"]["due_on"] == "2026-11-21"
    assert program.get(PATH).get_json() == shown
    catalogue = {row["id"]: row for row in program.get("catalogue").get_json()["pain_points"]}
    assert catalogue["support"]["due_on"] == "2026-11-21"


def test_a_fix_has_its_effect(program: Program) -> None:
    day = (NOON - timedelta(days=30)).date().isoformat()

    effect = patch(program, {"status": "fixed", "fixed_on": day}).get_json()["effect"]

    assert (effect["verdict"], effect["relapsed"], effect["fixed_on"]) == ("clear", False, day)
    assert effect["before"] == {"from": "2026-09-23", "to": "2026-10-22", "people": 180, "raised": 52}
    assert effect["after"] == {"from": "2026-10-24", "to": "2026-11-22", "people": 165, "raised": 21}
    assert effect["change"]["p"] == pytest.approx(0.0002, abs=5e-5)
    assert effect["impact"]["value"] == pytest.approx(10.2958, abs=5e-5)
    assert effect["impact"]["verdict"] == "clear"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"version": 0}, 422),
        ({"status": "new"}, 422),
        ({"status": None}, 422),
        ({"due_on": "soon"}, 422),
        ({"due_on": 5}, 422),
        ({"ticket": "http://example.com"}, 422),
        ({"department": "Nowhere"}, 422),
        ({"status": "won't do"}, 422),
        ({"more": 1}, 422),
        ({"owner": "Bo", "version": 7}, 409),
        ({"owner": "Bo", "version": "0"}, 422),
        ({"owner": None, "due_on": None, "ticket": None}, 200),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(program: Program, body: Any, status: int) -> None:
    answer = patch(program, body)

    assert answer.status_code == status
    assert program.get(PATH).get_json()["history"] == []


def test_a_conflict_has_a_name(program: Program) -> None:
    patch(program, {"owner": "Bo"})

    answer = patch(program, {"owner": "Cy", "version": 0}).get_json()

    assert (answer["code"], answer["name"]) == (409, "conflict")


def test_departments_are_listed_with_their_members_and_words(program: Program) -> None:
    departments.create(program.survey, "Billing", ["invoice"])

    assert program.get("departments").get_json() == {
        "departments": [{"name": "Billing", "words": ["invoice"], "members": [], "pain_points": 0, "made": True}]
    }


def test_a_key_that_may_only_read_changes_nothing(program: Program) -> None:
    program.key = keys.create(program.survey, "reader", ["read"])

    assert program.get(PATH).status_code == 200
    assert patch(program, {"owner": "Bo"}).status_code == 403


@pytest.mark.parametrize("path", [PATH, "departments"])
def test_another_survey_is_none(program: Program, stranger: Program, path: str) -> None:
    stranger.base = program.base

    assert stranger.get(path).status_code == 404
    if path == PATH:
        assert patch(stranger, {"owner": "Bo"}).status_code == 404


def test_one_that_was_merged_leads_to_the_one_that_stands_for_it(program: Program) -> None:
    catalogue_changes.merge(program.survey, "ann", "pricing", "support")

    answer = program.get("pain-points/pricing/acting")

    assert (answer.status_code, answer.location) == (303, f"{program.base}/{PATH}")


def test_what_is_not_there_is_said(program: Program) -> None:
    assert program.get("pain-points/nothing/acting").status_code == 404
    assert patch(program, {"owner": "Bo"}, "pain-points/nothing/acting").status_code == 404
