"""Administrators of a survey change its settings with plain forms; what is refused is given back as it was typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Survey
from app.services import keys, surveys, themes, wordings
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound

BASE = "/surveys/shop"
QUESTION = "How likely are you to recommend {name} to a friend or colleague?"
ASKING = {"resurvey_days": "30", "sample_rate": "1", "sample_days": "90", "daily_cap": "", "audience": "",
          "rest_after_relationship": "0", "rest_after_touchpoint": "0"}  # fmt: skip
GENERAL = {"name": "Shop", "language": "en", "languages": ["en"], "timezone": "UTC"}


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def admin(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "admin")


def send(reader: Reader, path: str, **fields: Any) -> TestResponse:
    """Send a form with the token of a page."""
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields})


def fresh() -> Survey:
    db.session.rollback()
    db.session.expire_all()
    return surveys.get("shop")


def read(reader: Reader, address: str) -> Seen:
    """A page of the settings that has a preview, and is sound but for its frame."""
    page = Seen(reader.browser.get(address).text)
    frames = [given for tag, given in page.elements if tag == "iframe"]
    assert [(given["sandbox"], given["name"]) for given in frames] == [("", "preview")]
    return page


FORMS = {
    "general": (f"{BASE}/settings/general", GENERAL | {"name": "Acme"}, lambda: fresh().name == "Acme"),
    "sites": (f"{BASE}/settings/sites", {"allowed_origins": "https://A.example/\r\nhttp://localhost:3000"},
              lambda: fresh().allowed_origins == ["https://a.example", "http://localhost:3000"]),
    "asking": (f"{BASE}/settings/asking", ASKING | {"sample_rate": "0.1", "daily_cap": "500"},
               lambda: (fresh().sample_rate, fresh().daily_cap, fresh().window_days) == (0.1, 500, 30)),
    "cases": (f"{BASE}/settings/cases", {"case_threshold": "4", "contact_days": ""},
              lambda: (fresh().opens_cases, fresh().case_threshold, fresh().contact_days) == (False, 4, None)),
    "redaction": (f"{BASE}/settings/redaction", {"redacts": ["ip", "email"]},
                  lambda: fresh().redacts == ["email", "ip"]),
    "close": (f"{BASE}/settings/close", {}, lambda: not fresh().is_open),
    "reopen": (f"{BASE}/settings/reopen", {}, lambda: fresh().is_open),
    "wording": (f"{BASE}/wording", {"lang": "de", QUESTION: "Und {name}?"},
                lambda: fresh().wording == {"de": {QUESTION: "Und {name}?"}}),
    "theme": (f"{BASE}/theme", themes.SHIPPED | {"accent": "#7a1fa2"}, lambda: fresh().theme == {"accent": "#7a1fa2"}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_form_does_what_it_says(survey: Survey, admin: Reader, form: str) -> None:
    path, fields, holds = FORMS[form]

    answer = send(admin, path, **fields)

    assert answer.status_code == 303
    assert f"done={form}" in answer.headers["Location"]
    assert holds()
    shown = Seen(admin.browser.get(answer.headers["Location"]).text)
    assert ("p", {"class": "card note", "role": "status"}) in shown.elements


REFUSED = [
    ("settings/general", GENERAL | {"name": " ", "timezone": "Europe/Rome"}, "1 to 200 characters", "Europe/Rome"),
    ("settings/general", GENERAL | {"timezone": "Mars", "name": "New"}, "such as Europe/Berlin", "New"),
    ("settings/general", GENERAL | {"languages": ["de"]}, "own language, too", 'value="de" checked'),
    ("settings/sites", {"allowed_origins": "https://a.example\nwww.b.example/x"}, "write it as", "www.b.example/x"),
    ("settings/asking", ASKING | {"sample_rate": "10", "audience": "users"}, "a share from 0 to 1", 'value="users"'),
    ("settings/asking", ASKING | {"resurvey_days": "0", "daily_cap": "77"}, "from 1 to 3,650", 'value="77"'),
    ("settings/redaction", {"redacts": ["names", "card"]}, "Choose from email", 'value="card" checked'),
    ("keys", {"name": "Nightly", "scopes": []}, "Choose from", "Nightly"),
    ("keys", {"name": "", "scopes": ["read", "responses:write"]}, "1 to 100", 'value="responses:write" checked'),
    ("wording", {"lang": "de", QUESTION: "<b>Und?</b>", "Send": "Los"}, "Leave out &lt; and &gt;", "Los"),
    ("wording", {"lang": "de", "Your score {score} is saved.": "Gut"}, "Keep {score} in it.", "Gut"),
    ("wording", {"lang": "xx", QUESTION: "Und?"}, "The widget speaks", "Und?"),
    ("theme", themes.SHIPPED | {"text": "#999999", "corners": "3"}, "Make it darker, for example #767676", "#999999"),
    ("theme", themes.SHIPPED | {"corners": "99", "accent": "#101010"}, "from 0 to 20", "#101010"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "fields", "says", "kept"), REFUSED)
def test_a_refusal_gives_back_what_was_typed_and_says_what_to_do(
    survey: Survey, admin: Reader, path: str, fields: dict[str, Any], says: str, kept: str
) -> None:
    answer = send(admin, f"{BASE}/{path}", **fields)

    assert answer.status_code == 422
    assert says in answer.text
    assert kept in answer.text
    assert "<title>Error:" in answer.text
    assert 'role="alert"' in answer.text
    same = fresh()
    assert (same.name, same.languages, same.allowed_origins, same.wording, same.theme) == ("Shop", [], [], {}, {})
    assert keys.of(survey) == []


def test_a_key_is_shown_once_and_works_until_it_is_revoked(survey: Survey, admin: Reader) -> None:
    answer = send(admin, f"{BASE}/keys", name="Nightly", scopes=["read"])

    assert answer.status_code == 201
    text = re.findall(r"wak_[0-9a-f]{8}_[\w-]{40,}", sound(answer).html)
    assert len(text) == 1
    made = keys.authenticate(text[0])
    assert made is not None
    assert (made.name, made.scopes) == ("Nightly", ["read"])
    page = admin.sees(f"{BASE}/settings")
    assert text[0] not in page.html
    assert "Read responses and the report" in page.text

    assert send(admin, f"{BASE}/keys/{made.prefix}/revoke").status_code == 303
    fresh()
    assert keys.authenticate(text[0]) is None
    assert "revoked" in admin.sees(f"{BASE}/settings").text


def test_a_key_of_another_survey_is_not_there(app: Flask, survey: Survey, admin: Reader) -> None:
    text = keys.create(rows.survey("other", "Other"), "theirs")

    assert send(admin, f"{BASE}/keys/{text[: keys.PREFIX]}/revoke").status_code == 404
    assert keys.authenticate(text) is not None


def test_a_survey_is_made_with_a_key_of_its_name(app: Flask) -> None:
    admin = ann(app)
    fields = {"name": "Größe & Co", "kind": "touchpoint", "language": "de", "timezone": "Europe/Berlin"}

    answer = send(admin, "/surveys", **fields, allowed_origins="https://www.example.com")

    assert answer.headers["Location"] == "/surveys/grosse-co/settings?done=made"
    made = surveys.get("grosse-co")
    assert (made.name, made.kind, made.allowed_origins) == ("Größe & Co", "touchpoint", ["https://www.example.com"])
    assert "Made." in admin.sees(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"key": "shop"}, "Another survey has this key"),
        ({"key": "Not A Key"}, "lower-case letters"),
        ({"name": "猫", "key": ""}, "lower-case letters"),
        ({"name": ""}, "1 to 200"),
        ({"kind": "x"}, "Choose one of relationship"),
        ({"language": "xx"}, "Choose one of en"),
        ({"allowed_origins": "example.com"}, "begin with https://"),
    ],
)
def test_a_survey_that_cannot_be_made_gives_the_form_back(
    app: Flask, survey: Survey, changed: dict[str, str], says: str
) -> None:
    fields = {"name": "Acme", "key": "acme", "kind": "touchpoint", "language": "de", "timezone": "Europe/Rome"}

    answer = send(ann(app), "/surveys", **fields | changed)

    assert answer.status_code == 422
    page = sound(answer)
    assert says in page.text
    assert page.value("timezone") == "Europe/Rome"
    assert [one.key for one in surveys.every()] == ["shop"]


def test_only_administrators_of_the_installation_make_surveys(admin: Reader) -> None:
    admin.sees("/surveys/new", 403)

    assert send(admin, "/surveys", name="Acme").status_code == 403
    assert "Make a survey" not in admin.sees("/surveys").text


def test_every_page_of_the_settings_is_sound(app: Flask, survey: Survey, admin: Reader) -> None:
    sound(admin.browser.get(f"{BASE}/settings"))
    sound(admin.browser.get(f"{BASE}/embed"))
    ann(app, email="boss@example.com").sees("/surveys/new")
    for address in (f"{BASE}/wording?lang=ar", f"{BASE}/theme"):
        page = read(admin, address)
        sound_but_for_the_frame = page.html.replace("<iframe", "<b").replace("</iframe", "</b")
        assert "<script" not in sound_but_for_the_frame
        assert not [given for _, given in page.elements if "style" in given]


def test_pages_with_a_preview_may_frame_our_own_and_the_preview_stands_only_there(admin: Reader) -> None:
    page = admin.browser.get(f"{BASE}/wording").headers
    preview = admin.browser.get(f"{BASE}/preview").headers

    assert page["Content-Security-Policy"].endswith("frame-ancestors 'none'; frame-src 'self'")
    assert page["X-Frame-Options"] == "DENY"
    assert preview["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "style-src 'self' http://localhost;" in preview["Content-Security-Policy"]
    assert "frame-src" not in admin.browser.get(f"{BASE}/settings").headers["Content-Security-Policy"]
    assert admin.browser.get("/surveys").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def preview(admin: Reader, of: str, **fields: Any) -> Seen:
    answer = send(admin, f"{BASE}/preview/{of}", **fields)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    return Seen(answer.text)


def test_a_preview_says_what_was_typed_and_keeps_nothing(survey: Survey, admin: Reader) -> None:
    page = preview(admin, "wording", lang="de", **{QUESTION: "Und {name}?"})

    assert "Und Shop ?" in page.text
    assert page.elements[0][1]["lang"] == "de"
    assert fresh().wording == {}


def test_a_preview_shows_each_page(survey: Survey, admin: Reader) -> None:
    said = {step: preview(admin, "wording", lang="en", step=step).text
            for step in ("score", "improve", "value", "thanks", "chosen", "problem", "closed", "nonsense")}  # fmt: skip

    assert "How likely" in said["score"] and "How likely" in said["nonsense"]  # noqa: PT018 - one thought
    assert "What should we improve first?" in said["improve"]
    assert "What do you value most" in said["value"]
    assert "Thank you." in said["thanks"]
    assert "Choose a number from 0 to 10." in said["problem"]
    assert "This survey is closed." in said["closed"]


def test_a_preview_has_the_colours_that_were_typed(survey: Survey, admin: Reader) -> None:
    page = preview(admin, "theme", **themes.SHIPPED | {"accent": "#7a1fa2"}, look="dark")

    sheet = next(given["href"] or "" for tag, given in page.elements if tag == "link")
    assert "--action:#7a1fa2" in admin.browser.get(sheet).text
    assert page.elements[0][1]["class"] == "dark"
    assert fresh().theme == {}


@pytest.mark.parametrize(
    ("of", "fields", "says"),
    [("wording", {"lang": "de", QUESTION: "{x}"}, f"{QUESTION}: In braces it may hold {{name}} only."),
     ("theme", themes.SHIPPED | {"dark_text": "#111"}, "dark text: On this background")],
)  # fmt: skip
def test_a_preview_of_what_cannot_be_used_says_why(
    survey: Survey, admin: Reader, of: str, fields: dict[str, str], says: str
) -> None:
    assert says in preview(admin, of, **fields).text


POSTS = [*(path for path, _, _ in FORMS.values()), f"{BASE}/keys", f"{BASE}/keys/wak_0/revoke",
         f"{BASE}/preview/wording", f"{BASE}/preview/theme"]  # fmt: skip
GETS = [f"{BASE}/settings", f"{BASE}/wording", f"{BASE}/theme", f"{BASE}/preview"]


@pytest.mark.parametrize("path", POSTS)
def test_editors_change_no_setting_and_strangers_see_none(app: Flask, survey: Survey, path: str) -> None:
    editor = ann(app, survey, "editor")
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    assert send(editor, path).status_code == 403
    assert send(stranger, path).status_code == 404
    assert browser(app).post(path).status_code == 400
    assert editor.browser.post(path).status_code == 400
    assert fresh().is_open


@pytest.mark.parametrize("path", GETS)
def test_editors_and_strangers_do_not_see_settings(app: Flask, survey: Survey, path: str) -> None:
    ann(app, survey, "editor").sees(path, 403)
    ann(app, rows.survey("other", "Other"), "admin", "bo@example.com").sees(path, 404)
    assert browser(app).get(path).status_code == 303


def test_a_sentence_of_another_page_is_not_worded(survey: Survey, admin: Reader) -> None:
    stored = "No cookie and nothing else on your device. Neither your network address nor your browser’s name is kept."

    assert stored not in wordings.sources()
    assert send(admin, f"{BASE}/wording", **{"lang": "en", stored: "We keep all."}).status_code == 303
    assert fresh().wording == {}


def test_every_sentence_at_its_longest_fits_into_one_form(survey: Survey, admin: Reader) -> None:
    free = [source for source in wordings.sources() if "{" not in source and "10" not in source]
    others = {source: source for source in wordings.sources() if source not in free}
    longest = {"lang": "ja", **others, **dict.fromkeys(free, "長" * wordings.LONGEST)}

    assert "長長" in preview(admin, "wording", **longest).text
    answer = send(admin, f"{BASE}/wording", **longest)

    assert answer.status_code == 303
    assert len(fresh().wording["ja"]) == len(wordings.sources())
