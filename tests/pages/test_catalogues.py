"""Editors change the catalogue with plain forms; everybody else may look, or sees nothing."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.models import Survey
from app.models.transaction import writing
from app.services import acting, catalogues
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.rows import NOON, Raised, Said

BASE = "/surveys/shop"
POINT = f"{BASE}/pain-points/support"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = rows.survey()
    slow, dear = Raised("support", "slow"), Raised("pricing", "dear")
    rows.store(made, [Said(3, "slow and dear", [slow, dear]) for _ in range(40)])
    return made


@pytest.fixture
def editor(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "editor")


def send(reader: Reader, path: str, **fields: Any) -> TestResponse:
    """Send a form with the token of a page."""
    token = Seen(reader.browser.get(f"{BASE}/catalogue").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields})


def listed(survey: Survey) -> dict[str, catalogues.Listed]:
    return {row.id: row for row in catalogues.listed(survey)}


FORMS = {
    "rename": (f"{POINT}/rename", {"name": "Answer at once"}, lambda row: row.name == "Answer at once"),
    "assign": (f"{POINT}/assign", {"department": "Care", "owner": "Bo"}, lambda row: row.owner == "Bo"),
    "phrases": (f"{POINT}/phrases", {"phrases": "no answer\r\n\r\nnobody there", "language": "en"},
                lambda row: row.phrases == {"en": ["no answer", "nobody there"]}),
    "merge": (f"{POINT}/merge", {"into": "pricing"}, lambda row: row.merged_into == "pricing"),
    "hide": (f"{POINT}/hide", {}, lambda row: row.hidden),
    "pin": (f"{POINT}/pin", {}, lambda row: row.pinned),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_pain_point_does_what_it_says(survey: Survey, editor: Reader, form: str) -> None:
    path, fields, holds = FORMS[form]

    answer = send(editor, path, **fields)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{POINT}/edit?done={form}")
    assert holds(listed(survey)["support"])
    shown = sound(editor.browser.get(answer.headers["Location"], follow_redirects=True))
    assert ("p", {"class": "card note", "role": "status"}) in shown.elements


def test_a_pain_point_is_made_and_applied_soon(survey: Survey, editor: Reader) -> None:
    answer = send(editor, f"{BASE}/catalogue", name="Ship in boxes", phrases="no box", language="en", department="Care")

    page = editor.sees(answer.headers["Location"])
    assert "Made. Earlier comments are being read again." in page.text
    assert "is being applied to earlier comments" in page.text
    assert ("meta", {"http-equiv": "refresh", "content": "3"}) in page.elements
    assert "ann@example.com made “Ship in boxes”" in page.text
    assert "is being applied to earlier comments" in editor.sees(f"{BASE}/report").text


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("name", "Add missing integrations"),
        ("people", "Lower or clarify pricing"),
        ("owner", "Speed up support responses"),
        ("due", "Fix crashes and errors"),
        ("status", "Add missing integrations"),
    ],
)
def test_the_table_sorts_by_its_address(survey: Survey, editor: Reader, order: str, first: str) -> None:
    acting.change(survey, "support", "ann@example.com", {"owner": "Ann", "status": "fixed"})
    acting.change(survey, "crashes", "ann@example.com", {"due_on": NOON.date(), "status": "planned"})

    page = editor.sees(f"{BASE}/catalogue?sort={order}")

    names = [name for name in rows.NAMES.values() if name in page.text]
    assert min(names, key=page.text.index) == first
    assert [given["aria-sort"] for tag, given in page.elements if tag == "th" and "aria-sort" in given]


def test_an_order_that_there_is_not_is_refused(editor: Reader) -> None:
    page = editor.sees(f"{BASE}/catalogue?sort=colour", 422)

    assert "Choose one of name, people, owner, status, due, origin." in page.text


def test_a_page_at_rest_does_not_reload_itself(editor: Reader) -> None:
    page = editor.sees(f"{BASE}/catalogue")

    assert not [given for tag, given in page.elements if given.get("http-equiv")]
    assert "6 pain points" in page.text


@pytest.mark.parametrize(
    ("path", "fields", "says", "kept"),
    [
        (f"{POINT}/rename", {"name": "Fix crashes and errors"}, "already a pain point", "Fix crashes and errors"),
        (f"{POINT}/rename", {"name": "x" * 41}, "1 to 40 characters", "x" * 41),
        (f"{POINT}/assign", {"department": "D" * 101, "owner": "Bo"}, "at most 100 characters", "Bo"),
        (f"{POINT}/phrases", {"phrases": "y" * 501, "language": "en"}, "at most 500 characters", "y" * 501),
        (f"{POINT}/merge", {"into": "nowhere"}, "not there any more", "Merge into"),
        (f"{BASE}/catalogue", {"name": "Ship", "phrases": " ", "language": "en"}, "at least one phrase", "Ship"),
        (f"{BASE}/catalogue", {"name": "", "phrases": "no box", "language": "en"}, "1 to 40 characters", "no box"),
        (f"{POINT}/split", {"name": "Answer calls"}, "at least one comment", "Answer calls"),
        (f"{POINT}/split", {"name": "", "quotes": "40:0-4"}, "1 to 40 characters", "checked"),
        (f"{POINT}/correct", {"quote": "40:0-4", "right": "nowhere"}, "not there any more", "Wrong pain point?"),
    ],
)
def test_a_refusal_gives_back_what_was_typed_and_says_what_to_do(
    survey: Survey, editor: Reader, path: str, fields: dict[str, str], says: str, kept: str
) -> None:
    answer = send(editor, path, **fields)

    assert answer.status_code == 422
    assert says in sound(answer).text
    assert kept in answer.text
    assert "Error:" in answer.text
    assert catalogues.changes(survey, 9) == []


def test_quotes_are_ticked_and_split_off(survey: Survey, editor: Reader) -> None:
    page = editor.sees(POINT)
    places = [given["value"] for _, given in page.elements if given.get("name") == "quotes"]
    assert len(places) == 25

    answer = send(editor, f"{POINT}/split", name="Answer the phone", quotes=places[:2])

    assert answer.status_code == 303
    made = next(row for row in listed(survey).values() if row.origin == "manual")
    assert (made.name, made.phrases) == ("Answer the phone", {"en": ["slow"]})
    assert answer.headers["Location"] == f"{BASE}/pain-points/{made.id}/edit?done=split"


def test_a_comment_is_corrected_and_the_view_stays(survey: Survey, editor: Reader) -> None:
    answer = send(editor, f"{POINT}/correct?language=en&page=2", quote="1:0-4", right="-")

    assert answer.headers["Location"] == f"{POINT}?language=en&page=2&done=correct"
    page = editor.sees(POINT + "?language=en&done=correct&page=2")
    assert "Corrected." in page.text
    assert "“slow”: Speed up support responses → no pain point" in editor.sees(f"{BASE}/catalogue").text


def test_a_change_is_undone_with_one_button(survey: Survey, editor: Reader) -> None:
    send(editor, f"{POINT}/pin")
    page = editor.sees(f"{BASE}/catalogue")
    action = next(given["action"] for tag, given in page.elements if tag == "form" and "undo" in str(given))

    answer = send(editor, str(action))
    again = send(editor, str(action))

    assert (answer.status_code, again.status_code) == (303, 422)
    assert "undone already" in sound(again).text
    assert not listed(survey)["support"].pinned


def test_long_histories_come_page_by_page(survey: Survey, editor: Reader) -> None:
    for _ in range(13):
        send(editor, f"{POINT}/pin")
        send(editor, f"{POINT}/unpin")

    page = editor.sees(f"{BASE}/catalogue")
    older = next(link for link in page.links if "before=" in link)

    assert page.text.count("Undo") == 25
    assert editor.sees(f"{BASE}/catalogue{older}").text.count("Undo") == 1
    editor.sees(f"{BASE}/catalogue?before=x", 422)


def test_a_merged_one_leads_to_its_target_with_the_same_filters(survey: Survey, editor: Reader) -> None:
    send(editor, f"{POINT}/merge", into="pricing")

    answer = editor.browser.get(f"{POINT}?language=en")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{BASE}/pain-points/pricing?language=en")
    assert "with Speed up support responses" in editor.sees(f"{BASE}/catalogue").text


def test_a_hidden_one_is_counted_and_a_pinned_one_marked(survey: Survey, editor: Reader) -> None:
    send(editor, f"{POINT}/hide")
    send(editor, f"{BASE}/pain-points/mobile/pin")

    page = editor.sees(f"{BASE}/report")

    assert "1 pain point is hidden" in page.text
    assert "Improve mobile app pinned" in page.text
    assert f"{POINT}" not in page.links
    assert "It is hidden" in editor.sees(POINT).text


POSTS = [*(path for path, _, _ in FORMS.values()), f"{BASE}/catalogue", f"{POINT}/split", f"{POINT}/correct",
         f"{BASE}/catalogue/changes/1/undo"]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_viewers_change_nothing_and_strangers_see_nothing(app: Flask, survey: Survey, path: str) -> None:
    viewer = ann(app, survey, "viewer")
    token = Seen(viewer.browser.get("/surveys").text).value("csrf_token")
    other = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")
    theirs = Seen(other.browser.get("/surveys").text).value("csrf_token")

    assert viewer.browser.post(path, data={"csrf_token": token}).status_code == 403
    assert other.browser.post(path, data={"csrf_token": theirs}).status_code == 404
    assert browser(app).post(path).status_code == 400
    assert catalogues.changes(survey, 9) == []


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_token_is_refused(survey: Survey, editor: Reader, path: str) -> None:
    assert editor.browser.post(path, data={"name": "x"}).status_code == 400
    assert catalogues.changes(survey, 9) == []


def test_a_viewer_looks_without_forms(app: Flask, survey: Survey) -> None:
    viewer = ann(app, survey)

    page, evidence = viewer.sees(f"{BASE}/catalogue"), viewer.sees(POINT)

    assert "Make a pain point" not in page.text
    assert "Wrong pain point?" not in evidence.text
    viewer.sees(f"{POINT}/edit", 403)
    viewer.sees(f"{BASE}/analyses")


def test_one_that_is_not_there_is_not_found(survey: Survey, editor: Reader) -> None:
    editor.sees(f"{BASE}/pain-points/nowhere/edit", 404)
    assert send(editor, f"{BASE}/pain-points/nowhere/rename", name="x").status_code == 404


def test_analyses_are_told_in_words(app: Flask, survey: Survey, editor: Reader) -> None:
    from app.models import AnalysisRun

    moved = {"previous": 1, "why": ["catalogue changed"], "comments": {"before": 40, "after": 40}, "new": ["mobile"],
             "gone": [], "moved": 41, "moves": [{"from": "support", "to": None, "comments": 41}],
             "pain_points": [{"id": "support", "before": 5, "after": 9}]}  # fmt: skip
    with writing() as session:
        session.add(AnalysisRun(survey_id=survey.id, state="succeeded", method="3", changes=moved, comments=40))

    text = editor.sees(f"{BASE}/analyses").text

    assert "1 new, 1 grown, 41 comments moved: the catalogue changed" in text
    assert "Speed up support responses → no pain point" in text
