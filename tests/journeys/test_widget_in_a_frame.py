"""The printed snippets on somebody else's page: no script, no cookie, and one answer for one person."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Request, expect

from app.extensions import db
from app.models import Response, ResponseRevision, Survey
from app.models.transaction import writing
from app.services import surveys
from tests.journeys.embeddings import EMBEDDINGS
from tests.journeys.host import Host, snippet
from tests.journeys.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[Host]:
    with Host() as host, site.inside():
        surveys.create("frame", "Acme", allowed_origins=[host.url])
        yield host


@pytest.fixture
def key(host: Host, site: Site) -> str:
    """The survey, without the answers of earlier tests."""
    with site.inside():
        survey = surveys.get("frame")
        with writing() as session:
            session.execute(sa.delete(Response).where(Response.survey_id == survey.id))
        return survey.key


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with scripts switched off."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 800, "height": 600})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def answers(site: Site) -> list[tuple[int, str | None, str | None]]:
    """Score, comment and host of what is stored."""
    with site.inside():
        query = sa.select(Response.score, Response.comment, Response.host).join(Survey, Survey.id == Response.survey_id)
        rows = db.session.execute(query.where(Survey.key == "frame"))
        return [(score, comment, host) for score, comment, host in rows]


def earlier(site: Site) -> list[int]:
    """Scores that were changed since, in this survey."""
    with site.inside():
        query = sa.select(ResponseRevision.score).join(Response, Response.id == ResponseRevision.response_id)
        ours = query.join(Survey, Survey.id == Response.survey_id).where(Survey.key == "frame")
        return list(db.session.scalars(ours.order_by(ResponseRevision.id)))


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def press(page: Page, name: str) -> None:
    frame(page).get_by_role("button", name=name, exact=True).click()


def back(page: Page) -> None:
    """The host page's Back button, which goes back inside the frame first."""
    session = page.context.new_cdp_session(page)
    history = session.send("Page.getNavigationHistory")
    entry = history["entries"][history["currentIndex"] - 1]
    session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})


def answer(page: Page) -> None:
    """Press 3, say why, and wait for the thanks."""
    press(page, "3 out of 10")
    frame(page).get_by_label("What should we improve first?").fill("Search is slow")
    press(page, "Send")
    expect(frame(page).get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")


def test_the_printed_snippet_takes_an_answer_without_script_and_without_cookie(
    page: Page, host: Host, site: Site, key: str
) -> None:
    requests: list[Request] = []

    def note(sent: Request) -> None:
        requests.append(sent)

    page.on("request", note)
    page.goto(host.shows(snippet("iframe", site, key)))
    answer(page)

    assert answers(site) == [(3, "Search is slow", host.url)]
    assert page.context.cookies() == []
    assert {f"{urlsplit(sent.url).scheme}://{urlsplit(sent.url).netloc}" for sent in requests} == {host.url, site.url}
    assert not any("cookie" in sent.all_headers() for sent in requests)


@pytest.mark.parametrize("embedding", EMBEDDINGS)
@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
def test_every_way_of_embedding_ends_in_one_answer(
    browser: Browser, host: Host, site: Site, key: str, embedding: str, scripts: bool
) -> None:
    tag, headers = EMBEDDINGS[embedding]
    with browser.new_context(java_script_enabled=scripts, locale="en-GB") as context:
        page = context.new_page()

        page.goto(host.shows(tag.format(f"{site.url}/w/{key}"), **headers))
        answer(page)

    assert [(score, comment) for score, comment, _ in answers(site)] == [(3, "Search is slow")]


def test_four_quick_clicks_are_one_answer(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))

    frame(page).get_by_role("button", name="8 out of 10", exact=True).click(click_count=4)
    expect(frame(page).get_by_role("heading")).to_have_text("Your score 8 is saved.")

    assert [score for score, _, _ in answers(site)] == [8]


def test_back_and_another_number_is_an_edit(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))
    press(page, "2 out of 10")
    expect(frame(page).get_by_role("heading")).to_have_text("Your score 2 is saved.")

    back(page)
    press(page, "7 out of 10")
    expect(frame(page).get_by_role("heading")).to_have_text("Your score 7 is saved.")

    assert [score for score, _, _ in answers(site)] == [7]
    assert earlier(site) == [2]


def test_back_to_the_words_and_send_again_is_an_edit(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))
    answer(page)

    back(page)
    frame(page).get_by_label("What should we improve first?").fill("Search is slow and the price is high")
    press(page, "Send")
    expect(frame(page).get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")

    assert [comment for _, comment, _ in answers(site)] == ["Search is slow and the price is high"]


def test_the_keyboard_alone_is_enough(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))
    frame(page).get_by_role("button", name="0 out of 10, not at all likely").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(frame(page).get_by_role("heading")).to_have_text("Your score 1 is saved.")
    frame(page).get_by_label("What should we improve first?").focus()
    page.keyboard.type("Everything")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(frame(page).get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")

    assert [(score, comment) for score, comment, _ in answers(site)] == [(1, "Everything")]


def test_a_slip_is_corrected_in_the_opened_row(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))
    press(page, "5 out of 10")

    frame(page).get_by_text("Change my score").first.click()
    frame(page).get_by_label("6 out of 10").check(force=True)
    press(page, "Skip")
    expect(frame(page).get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")

    assert [score for score, _, _ in answers(site)] == [6]


def test_a_site_that_was_not_named_sees_nothing(page: Page, host: Host, site: Site, key: str) -> None:
    host.shows(snippet("iframe", site, key))

    page.goto(host.other_url)
    page.wait_for_timeout(500)

    assert frame(page).get_by_role("button").count() == 0


def test_the_privacy_page_opens_out_of_the_frame(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("iframe", site, key)))

    with page.context.expect_page() as opened:
        frame(page).get_by_role("link", name="Privacy").click()

    expect(opened.value.get_by_role("heading")).to_have_text("What is stored when you answer")


def test_a_form_on_the_host_page_chooses_and_our_page_stores(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("form", site, key)))

    page.get_by_role("button", name="9 out of 10", exact=True).click()
    expect(page.get_by_label("9 out of 10", exact=True)).to_be_checked()
    assert answers(site) == []
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")

    assert [score for score, _, _ in answers(site)] == [9]


def test_a_link_in_a_mail_chooses_and_our_page_stores(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("email", site, key)))

    page.get_by_role("link", name="0 out of 10, not at all likely").click()
    assert answers(site) == []
    page.get_by_label("What should we improve first?").fill("Nothing works")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading")).to_have_text("Thank you. Your answer has been saved.")

    assert [(score, comment) for score, comment, _ in answers(site)] == [(0, "Nothing works")]


def test_a_link_opens_the_question_on_a_page_of_its_own(page: Page, host: Host, site: Site, key: str) -> None:
    page.goto(host.shows(snippet("link", site, key)))

    with page.context.expect_page() as opened:
        page.get_by_role("link").click()

    expect(opened.value.get_by_role("button")).to_have_count(11)
