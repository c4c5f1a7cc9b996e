"""Administrators say where answers come from, and see what came of it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import AnswerSource, Survey
from app.services import sources, surveys
from app.services.sources import Given
from tests import rows
from tests.pages.reader import Reader, ann, sound

PAGE = "/surveys/shop/sources"


def there() -> list[AnswerSource]:
    """The sources as they stand in the table now."""
    db.session.rollback()
    return list(sources.of(surveys.get("shop")))


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def admin(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "admin")


def test_a_webhook_is_made_its_secret_is_shown_once_and_its_meaning_is_changed(app: Flask, admin: Reader) -> None:
    app.config["WTF_CSRF_METHODS"] = []
    page = admin.sees(PAGE)
    assert "No source so far" in page.text
    values = [
        given.get("value") for tag, given in page.elements if tag == "input" and given.get("name") != "csrf_token"
    ]
    assert set(values) <= {"", "24"}

    made = admin.browser.post(
        PAGE, data={"kind": "webhook", "name": "desk", "scheme": "standard", "columns": "stars = score"}
    )

    (source,) = there()
    assert made.status_code == 201
    assert source.secret
    secret = source.secret
    assert secret in sound(made).text
    page = admin.sees(f"{PAGE}/{source.id}")
    assert secret not in page.text
    assert "/api/inbox/shop/from/desk" in page.text
    edited = admin.browser.post(
        f"{PAGE}/{source.id}/edit", data={"scheme": "standard", "columns": "rating = score", "scale": "1=0, 5=10"}
    )
    assert edited.status_code == 303
    assert sources.told(there()[0]).scale == {"1": 0, "5": 10}

    rotated = admin.browser.post(f"{PAGE}/{source.id}/rotate")
    new = there()[0].secret or ""
    assert rotated.status_code == 201
    assert new.startswith("whsec_")
    assert new != secret
    assert new in sound(rotated).text


def test_what_was_typed_is_kept_when_it_cannot_be_meant(app: Flask, admin: Reader) -> None:
    app.config["WTF_CSRF_METHODS"] = []
    typed = {
        "kind": "url",
        "name": "store",
        "address": "https://10.0.0.1/a.csv",
        "columns": "stars = score",
        "every_hours": "6",
    }

    refused = admin.browser.post(PAGE, data=typed)

    page = sound(refused)
    assert refused.status_code == 422
    assert "The URL leads into a private network." in page.text
    assert 'value="https://10.0.0.1/a.csv"' in refused.text
    assert there() == []


def test_it_is_switched_off_and_on_and_removed(app: Flask, admin: Reader, survey: Survey) -> None:
    app.config["WTF_CSRF_METHODS"] = []
    number = sources.create(survey, Given("folder", "drop")).id

    for state, is_on in (("off", False), ("on", True)):
        assert admin.browser.post(f"{PAGE}/{number}/{state}").status_code == 303
        assert [one.is_on for one in there()] == [is_on]
    assert "inbox/shop/" in admin.sees(f"{PAGE}/{number}").text
    assert admin.browser.post(f"{PAGE}/{number}/run").status_code == 422
    assert admin.browser.post(f"{PAGE}/{number}/rotate").status_code == 422
    assert admin.browser.post(f"{PAGE}/{number}/remove").status_code == 303
    assert "No source so far" in admin.sees(PAGE).text
