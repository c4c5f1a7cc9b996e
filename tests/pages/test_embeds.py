"""The page to embed: each shipped snippet for this survey, in each language, ready to copy."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.i18n import LOCALES, language_tag
from app.models import Survey
from app.pages import embeds, heights, snippets
from app.services import surveys, wordings
from tests import rows
from tests.pages.reader import Reader, ann
from tests.pages.reading import Page
from tests.pages.visitor import Visitor, stored

QUESTION = "How likely are you to recommend {name} to a friend or colleague?"


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey("shop", "R&D <Tools>")


@pytest.fixture
def reader(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey)


def copied(reader: Reader, file: str, lang: str = "en") -> str:
    """The text of a field of the page, as somebody copies it."""
    html = reader.sees(f"/surveys/shop/embed?lang={lang}").html
    found = re.search(
        rf'<textarea id="copy-{file.replace(".", "-")}"[^>]* readonly[^>]*>\n(.*?)</textarea>', html, re.DOTALL
    )
    assert found
    return unescape(found[1])


def test_every_shipped_file_is_on_the_page(reader: Reader) -> None:
    files = {path.name for path in snippets.EMBED.iterdir()} - {"heights.json", "qr.svg"}

    assert set(embeds.ways()) == files
    assert all("http://localhost/w/shop" in copied(reader, file) for file in files - {"iframe.css"})


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_copied_speaks_the_language_and_nothing_else(reader: Reader, locale: str) -> None:
    for file in ("iframe.html", "iframe-strict.html", "form.html", "link.html", "email.html"):
        text = copied(reader, file, locale)

        assert not re.search(r"nps\.example|KEY|Acme|\{|\n$", text)
        assert f"lang={locale}" in text or f'value="{locale}"' in text
        if locale != "en":
            assert not re.search(r"Feedback about|How likely|likely|out of|Tell us", text), file
        if file in {"form.html", "email.html"}:
            assert f'lang="{language_tag(locale)}" dir="{"rtl" if locale == "ar" else "ltr"}"' in text


def test_the_name_is_text_in_every_snippet(reader: Reader) -> None:
    assert 'title="Feedback about R&amp;D &lt;Tools&gt;"' in copied(reader, "iframe.html")
    assert "<legend>How likely are you to recommend R&amp;D &lt;Tools&gt; to" in copied(reader, "form.html")


def test_a_snippet_asks_as_the_survey_does(reader: Reader) -> None:
    wordings.change("shop", "en", {QUESTION: "Would you tell a friend?", "{score} out of 10": "{score} points"})

    page = Page(copied(reader, "form.html"))

    assert page.texts["legend"] == "Would you tell a friend?"
    assert page.names[1:3] == ["1 points", "2 points"]


@pytest.mark.parametrize("file", ["form.html", "email.html", "link.html", "iframe.html"])
def test_every_copied_address_opens_in_its_language_and_stores_nothing(app: Flask, reader: Reader, file: str) -> None:
    page = Page(copied(reader, file, "ar"))
    found = [given.get(name) or "" for _, given in page.tags for name in ("src", "href", "action")]
    visitor = Visitor(app.test_client())

    for address in filter(None, found):
        opened = visitor.opens(address.removeprefix("http://localhost"))
        assert (opened.status, opened.tags[0][1]["lang"]) == (200, "ar" if file != "form.html" else "en")
    assert stored() == []


def test_the_row_for_mails_is_mirrored_with_its_language(reader: Reader) -> None:
    assert "text-align:left" in copied(reader, "email.html", "ar")
    assert "text-align:right" in copied(reader, "email.html", "de")


def test_the_page_says_who_may_show_a_frame_and_how_high_it_is(survey: Survey, reader: Reader) -> None:
    assert "None yet" in reader.sees("/surveys/shop/embed").text
    surveys.allow_origins("shop", ["https://www.example.com"])

    page = reader.sees("/surveys/shop/embed?lang=de")

    assert "https://www.example.com" in page.text
    width, steps, reserved = heights.of("de")[0]
    assert " ".join(map(str, [width, *steps, reserved])) in page.text
    assert "Change the sites" not in page.text
    assert not [link for link in page.links if link.endswith(("/settings", "/wording", "/theme"))]


def test_only_offered_languages_are_on_the_page(survey: Survey, reader: Reader) -> None:
    surveys.change("shop", name="Shop", language="de", languages=["de", "fr"], timezone="UTC")

    assert "lang=de" in copied(reader, "iframe.html", "ja")
    assert [link for link in reader.sees("/surveys/shop/embed").links if "embed?lang=" in link] == [
        f"/surveys/shop/embed?lang={locale}" for locale in ("de", "fr")
    ]


def test_the_qr_code_is_a_picture_of_the_address_that_needs_nothing_else(reader: Reader) -> None:
    answer = reader.browser.get("/surveys/shop/qr.svg?lang=de")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "<title>http://localhost/w/shop?lang=de</title>" in answer.text
    assert answer.text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert not re.search(r"script|style=|href|<image", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_shipped_code_is_drawn_as_those_of_the_page_are() -> None:
    shipped = (snippets.EMBED / "qr.svg").read_text()

    assert shipped == snippets.drawn(f"{snippets.WIDGET_ADDRESS}?lang=en")


def test_strangers_get_no_snippet_and_no_code(app: Flask, survey: Survey) -> None:
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    stranger.sees("/surveys/shop/embed", 404)
    assert stranger.browser.get("/surveys/shop/qr.svg").status_code == 404
