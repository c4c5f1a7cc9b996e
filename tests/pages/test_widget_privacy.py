"""The privacy page says what the settings in force do: each sentence is there with its setting, and gone without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.config import SettingsError, _contact
from app.i18n import LOCALES
from app.models import Channel, SigningKey, Survey
from app.models.transaction import writing
from app.services import keys, redaction, surveys
from tests.pages.reading import Page
from tests.pages.visitor import Visitor
from tests.security.signing import SECRET


@pytest.fixture
def survey(app: Flask) -> Survey:
    return surveys.create("shop", "Acme")


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def privacy(visitor: Visitor, **query: str) -> Page:
    return visitor.opens("/w/shop/privacy", **query)


def sign(survey: Survey, _app: Flask) -> None:
    with writing() as session:
        session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
        session.get_one(Survey, survey.id).window_days = 30


def limit(_survey: Survey, app: Flask) -> None:
    app.config["RATE_LIMITS"] = True


def let_programs_read(survey: Survey, _app: Flask) -> None:
    keys.create(survey, "writes", ["responses:write"])
    keys.create(survey, "reads", ["read"])


def tell_programs(survey: Survey, _app: Flask) -> None:
    with writing() as session:
        for state, types in (("off", ["response.created"]), ("on", []), ("on", ["response.created"])):
            session.add(Channel(survey_id=survey.id, kind="webhook", name="x", address="x", state=state, types=types))


def name_a_contact(_survey: Survey, app: Flask) -> None:
    app.config["PRIVACY_CONTACT"] = "privacy@example.com"


Setting = Callable[[Survey, Flask], None]


def accept_claims(survey: Survey, _app: Flask) -> None:
    surveys.accept_claims(survey.key, True)


def redact_some(survey: Survey, _app: Flask) -> None:
    redaction.configure(survey.key, ["email", "iban"])


def redact_others(survey: Survey, _app: Flask) -> None:
    redaction.configure(survey.key, ["phone", "card", "ip", "number"])


LEFT_OUT = "Before your comment is stored, these are left out of it as far as they are recognised:"

SENTENCES: dict[str, tuple[Setting, tuple[str, ...]]] = {
    "hosts sign": (sign, ("the customer number it uses for you", "you can change it for 30 days")),
    "claims": (accept_claims, ("the customer number it uses for you",)),
    "limits": (limit, ("a code made from your network address is counted. It is deleted the next day.",)),
    "redaction of some": (redact_some, (f"{LEFT_OUT} e-mail addresses numbers of bank accounts (IBAN)",)),
    "redaction of others": (
        redact_others,
        (f"{LEFT_OUT} telephone numbers numbers of payment cards network addresses (IP) other long numbers",),
    ),
    "programs": (let_programs_read, ("Programs of whoever runs this survey fetch them too.",)),
    "webhooks": (tell_programs, ("Programs of whoever runs this survey fetch them too.",)),
    "contact": (name_a_contact, ("Questions about your data: privacy@example.com",)),
}


@pytest.mark.parametrize("setting", SENTENCES)
def test_a_sentence_stands_there_with_its_setting_only(
    visitor: Visitor, survey: Survey, app: Flask, setting: str
) -> None:
    make_it_so, sentences = SENTENCES[setting]
    kept = dict(app.config)
    without = privacy(visitor).said
    make_it_so(survey, app)
    try:
        with_it = privacy(visitor).said
    finally:
        app.config.update(kept)

    assert [sentence in without for sentence in sentences] == [False] * len(sentences)
    assert [sentence in with_it for sentence in sentences] == [True] * len(sentences)


def test_a_key_that_was_revoked_fetches_nothing_any_more(visitor: Visitor, survey: Survey, app: Flask) -> None:
    let_programs_read(survey, app)
    for key in keys.of(survey):
        keys.revoke(survey, key.prefix)

    assert "Programs" not in privacy(visitor).said


def test_channels_that_get_no_answers_make_no_program(visitor: Visitor, survey: Survey, app: Flask) -> None:
    tell_programs(survey, app)
    with writing() as session:
        session.execute(sa.update(Channel).where(Channel.id == 3).values(state="off"))

    assert "Programs" not in privacy(visitor).said


def test_it_says_what_is_stored_how_long_and_who_reads_it(visitor: Visitor) -> None:
    page = privacy(visitor)

    for sentence in (
        "Your score and comment, the time, the language of the form",
        "No cookie and nothing else on your device.",
        "Software on this server reads the comment",
        "Whoever runs this survey reads the answers. They are kept until they are erased.",
        "You can change your answer for 24 hours.",
        "With the receipt code you see, change or erase your answer at any time: See or erase my answer",
        "http://localhost/w/shop",
    ):
        assert sentence in page.said
    assert visitor.opens(page.links["See or erase my answer"]).heading == "See or erase my answer"


@pytest.mark.parametrize("locale", LOCALES)
def test_it_speaks_every_language_of_the_widget(visitor: Visitor, locale: str) -> None:
    said = {locale: privacy(visitor, lang=locale).said, "en": privacy(visitor, lang="en").said}

    assert len(said[locale]) > 150
    assert locale == "en" or said[locale] != said["en"]
    assert locale == "en" or "answer" not in said[locale]


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("privacy@example.com", "mailto:privacy@example.com"),
        ("https://example.com/privacy", "https://example.com/privacy"),
    ],
)
def test_the_contact_is_a_link(visitor: Visitor, app: Flask, contact: str, address: str) -> None:
    kept = app.config["PRIVACY_CONTACT"]
    app.config["PRIVACY_CONTACT"] = contact
    try:
        page = privacy(visitor)
    finally:
        app.config["PRIVACY_CONTACT"] = kept

    assert page.links[contact] == address


@pytest.mark.parametrize("text", ["javascript:alert(1)", "http://example.com", "someone", "a b@example.com", "a@b\nc"])
def test_a_contact_that_is_no_address_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="PRIVACY_CONTACT"):
        _contact(text)
