"""Somebody sets up a survey in a browser without script, and a customer answers it on another site as it was set up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, FrameLocator, Page, Request, expect

from app.extensions import db
from app.models import Response, Survey
from app.services import users
from tests.journeys.host import Host
from tests.journeys.signing_in import sign_in, without_script
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "sue@example.com", "correct horse battery"
QUESTION = "How likely are you to recommend {name} to a friend or colleague?"
PURPLE = "rgb(122, 31, 162)"


@pytest.fixture(scope="module")
def sue(site: Site) -> None:
    """An administrator."""
    with site.inside():
        users.create(EMAIL, PASSWORD, is_admin=True)


@pytest.fixture
def page(browser: Browser, site: Site, sue: None) -> Iterator[Page]:
    """Sue, who has signed in with scripts switched off."""
    with without_script(browser) as page:
        sign_in(page, site.url, EMAIL, PASSWORD)
        yield page


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[name=preview]")


def colour(browser: Browser, address: str) -> str:
    """The background of Send on a page of the widget, as the browser paints it."""
    page = browser.new_page(color_scheme="light", locale="en-GB")
    page.goto(address)
    found = page.locator("button.main").evaluate("button => getComputedStyle(button).backgroundColor")
    page.context.close()
    return str(found)


def saves(page: Page, says: str, button: str = "Save") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(says)


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Settings of this survey").get_by_role("link", name=name).click()


def test_from_a_new_survey_to_an_answer_on_another_site(page: Page, browser: Browser, site: Site) -> None:
    with Host() as host:
        makes(page, host)
        words(page)
        paints(page, browser, site)
        copied = copies(page)
        answers(browser, host, copied)

        with site.inside():
            query = sa.select(Response.score, Response.comment, Response.language, Response.host)
            rows = db.session.execute(query.join(Survey).where(Survey.key == "blue-heron"))
            assert [tuple(row) for row in rows] == [(3, "The search is slow", "en", host.url)]


def makes(page: Page, host: Host) -> None:
    """A mistake first: nothing that was typed is lost."""
    page.get_by_role("link", name="Make a survey").click()
    page.get_by_label("Name").fill("Blue Heron")
    page.get_by_label("Time zone").fill("Berlin")
    page.get_by_label("Sites that may show the widget").fill(f"{host.url}/account")
    page.get_by_role("button", name="Make").click()
    expect(page.get_by_text(f"leave out what follows the host, such as {host.url}.")).to_be_visible()
    expect(page.get_by_text("Use a name such as Europe/Berlin.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Blue Heron")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("Sites that may show the widget").fill(f"{host.url}/")
    saves(page, "Made.", "Make")


def words(page: Page) -> None:
    """The preview shows what was typed, before it is saved and without saving it."""
    tab(page, "Wording")
    question = page.get_by_label(QUESTION)
    expect(preview(page).get_by_role("heading")).to_have_text(
        "How likely are you to recommend Blue Heron to a friend or colleague?"
    )
    question.fill("Would you tell a friend about {nane}?")
    page.get_by_role("button", name="Show what I typed").click()
    expect(preview(page).get_by_role("heading")).to_contain_text("In braces it may hold {name} only.")
    question.fill("Would you tell a friend about {name}?")
    page.get_by_role("button", name="Show what I typed").click()
    expect(preview(page).get_by_role("heading")).to_have_text("Would you tell a friend about Blue Heron?")
    expect(question).to_have_value("Would you tell a friend about {name}?")
    saves(page, "Saved.")
    expect(preview(page).get_by_role("heading")).to_have_text("Would you tell a friend about Blue Heron?")


def paints(page: Page, browser: Browser, site: Site) -> None:
    """A colour that cannot be read is refused with one that can."""
    tab(page, "Theme")
    accent = page.get_by_label("Accent: Send")
    accent.fill("#ffcc00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("it has a contrast of 1.5:1")).to_be_visible()
    expect(accent).to_have_value("#ffcc00")
    accent.fill("#7a1fa2")
    page.get_by_label("Page", exact=True).select_option(label="reason, 0–8")
    page.get_by_role("button", name="Show what I typed").click()
    expect(preview(page).get_by_role("button", name="Send")).to_have_css("background-color", PURPLE)
    assert colour(browser, f"{site.url}/w/blue-heron?score=3") != PURPLE
    saves(page, "Saved.")
    assert colour(browser, f"{site.url}/w/blue-heron?score=3") == PURPLE


def copies(page: Page) -> str:
    """The tag, as it stands in the field."""
    tab(page, "Embed")
    copied = page.get_by_label("iframe.html").input_value()
    assert 'title="Feedback about Blue Heron"' in copied
    return copied


def answers(browser: Browser, host: Host, copied: str) -> None:
    """A customer on the host's page, without script: two requests for a step, none elsewhere, no cookie."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 800, "height": 600})
    page = context.new_page()
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    page.goto(host.shows(copied))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading")).to_have_text("Would you tell a friend about Blue Heron?")
    assert len([request for request in sent if "/w/" in request.url]) == 2
    frame.get_by_role("button", name="3 out of 10").click()
    frame.get_by_label("What should we improve first?").fill("The search is slow")
    expect(frame.get_by_role("button", name="Send")).to_have_css("background-color", PURPLE)
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")
    assert context.cookies() == []
    assert {re.sub(r":\d+.*", "", request.url) for request in sent} == {"http://localhost", "http://127.0.0.1"}
    context.close()


def test_nothing_can_be_sent_from_a_preview(page: Page, site: Site) -> None:
    """Its frame is sandboxed: a click in it neither stores an answer nor leaves the page."""
    page.get_by_role("link", name="Make a survey").click()
    page.get_by_label("Name").fill("Looked at")
    page.get_by_role("button", name="Make").click()
    tab(page, "Theme")

    preview(page).get_by_role("button", name="7 out of 10").click()
    page.wait_for_timeout(300)

    expect(preview(page).get_by_role("heading")).to_contain_text("How likely")
    with site.inside():
        query = sa.select(sa.func.count()).select_from(Response).join(Survey).where(Survey.key == "looked-at")
        assert db.session.scalar(query) == 0
