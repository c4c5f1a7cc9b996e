"""Programs read and change a catalogue with the same rules as people, and every change is theirs by name."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.services import analyses, keys
from tests import rows
from tests.api.conftest import Program
from tests.rows import Raised, Said

QUOTE = {"response_id": 1, "start": 0, "end": 4}


@pytest.fixture(autouse=True)
def answers(program: Program) -> None:
    rows.store(program.survey, [Said(3, "slow", [Raised("support", "slow")]) for _ in range(40)])


def ask(program: Program, method: str, path: str, body: Any = None) -> TestResponse:
    return program.client.open(f"{program.base}/{path}", method=method, json=body, headers=program.bearer)


def catalogue(program: Program) -> dict[str, Any]:
    return {point["id"]: point for point in program.get("catalogue").get_json()["pain_points"]}


def test_the_catalogue_is_listed_with_how_many_raise_what(program: Program) -> None:
    found = catalogue(program)

    assert found["support"]["people"] == 40
    assert found["mobile"] == {
        "id": "mobile", "name": "Improve mobile app", "origin": "seed", "department": "", "owner": None,
        "status": "open", "due_on": None, "people": 0, "hidden": False, "pinned": False, "merged_into": None,
        "phrases": {},
    }  # fmt: skip


def test_one_request_edits_all_that_it_names(program: Program) -> None:
    edit = {"name": "Answer at once", "department": "Care", "owner": "Bo", "pinned": True}

    answer = ask(program, "PATCH", "pain-points/support", edit)

    assert answer.status_code == 200
    assert {name: answer.get_json()[name] for name in edit} == edit
    assert [row["name"] for row in program.get("report").get_json()["pain_points"]] == ["Answer at once"]
    change = program.get("catalogue/changes").get_json()["changes"][0]
    assert (change["action"], change["made_by"]) == ("change", "shop backend")
    assert change["after"]["support"]["name"] == "Answer at once"


def test_a_pain_point_is_made_and_waits_for_its_comments(program: Program) -> None:
    answer = ask(program, "POST", "catalogue", {"name": "Ship in boxes", "phrases": {"en": ["no box", " no  box "]}})

    assert answer.status_code == 201
    assert answer.get_json()["origin"] == "manual"
    assert answer.get_json()["phrases"] == {"en": ["no box"]}
    assert program.get("catalogue").get_json()["being_applied"] is True
    assert analyses.is_behind(program.survey.id)


def test_a_merged_one_leads_to_the_one_that_stands_for_it(program: Program) -> None:
    merged = ask(program, "POST", "pain-points/support/merge", {"into": "pricing"})

    answer = program.get("pain-points/support")

    assert (merged.get_json()["id"], merged.get_json()["people"]) == ("pricing", 40)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{program.base}/pain-points/pricing")
    assert catalogue(program)["support"]["merged_into"] == "pricing"
    assert program.get("responses").get_json()["responses"][0]["pain_points"][0]["id"] == "pricing"


def test_quotes_are_split_off_and_corrected(program: Program) -> None:
    split = ask(program, "POST", "pain-points/support/split", {"name": "Answer the phone", "quotes": [QUOTE]})
    corrected = ask(program, "POST", "corrections", {**QUOTE, "response_id": 2, "pain_point": None})

    assert (split.status_code, split.get_json()["name"]) == (201, "Answer the phone")
    assert corrected.status_code == 201
    assert corrected.get_json()["corrections"] == [
        {"text": "slow", "language": "en", "wrong": "Speed up support responses", "right": None}
    ]


def test_changes_come_in_pages_and_each_can_be_taken_back(program: Program) -> None:
    for name in ("One", "Two", "Three"):
        ask(program, "PATCH", "pain-points/support", {"name": name})

    first = program.get("catalogue/changes", "?limit=2").get_json()
    second = program.get("catalogue/changes", f"?limit=2&cursor={first['next']}").get_json()
    undone = ask(program, "POST", f"catalogue/changes/{first['changes'][0]['id']}/undo")

    assert ([len(page["changes"]) for page in (first, second)], second["next"]) == ([2, 1], None)
    assert (undone.status_code, undone.get_json()["undoes"]) == (200, first["changes"][0]["id"])
    assert catalogue(program)["support"]["name"] == "Two"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("PATCH", "pain-points/support", {}, 422, "_schema"),
        ("PATCH", "pain-points/support", {"nme": "x"}, 422, "nme"),
        ("PATCH", "pain-points/support", {"name": " "}, 422, "name"),
        ("PATCH", "pain-points/support", {"name": "Fix crashes and errors"}, 422, "name"),
        ("PATCH", "pain-points/support", {"hidden": "maybe"}, 422, "hidden"),
        ("PATCH", "pain-points/support", {"phrases": {"en": "x"}}, 422, "phrases.en.value"),
        ("PATCH", "pain-points/nowhere", {"name": "x"}, 404, None),
        ("POST", "pain-points/support/merge", {"into": "support"}, 422, "into"),
        ("POST", "pain-points/support/merge", {"into": "nowhere"}, 422, "into"),
        ("POST", "pain-points/support/split", {"name": "x", "quotes": []}, 422, "quotes"),
        ("POST", "corrections", {**QUOTE, "end": 3, "pain_point": None}, 422, "quote"),
        ("POST", "corrections", {**QUOTE, "pain_point": "support"}, 422, "right"),
        ("POST", "corrections", {**QUOTE, "end": 2**63, "pain_point": None}, 422, "end"),
        ("POST", "corrections", {**QUOTE, "response_id": 2**64, "pain_point": None}, 422, "response_id"),
        ("POST", "catalogue/changes/1/undo", None, 404, None),
        ("GET", "pain-points/nowhere", None, 404, None),
    ],
)
def test_what_cannot_be_is_said_by_field(
    program: Program, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = ask(program, method, path, body)

    assert answer.status_code == status
    assert set(answer.get_json()["errors"]) == ({field} if field else set())


def test_a_key_without_the_scope_reads_and_changes_nothing(program: Program) -> None:
    program.key = keys.create(program.survey, "reads", ["read"])

    assert ask(program, "PATCH", "pain-points/support", {"pinned": True}).status_code == 403
    assert program.get("catalogue").status_code == 200


def test_runs_are_listed_with_what_they_changed(program: Program) -> None:
    analyses.run(program.survey.id)

    page = program.get("analyses").get_json()

    assert [run["state"] for run in page["analyses"]] == ["succeeded", "succeeded"]
    found = page["analyses"][0]["changes"]
    assert {"learned anew", "method changed"} == set(found["why"])
    assert found["moves"][0]["from"] == "support"
    assert page["analyses"][1]["changes"] is None
