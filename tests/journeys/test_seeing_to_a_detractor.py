"""A detractor is followed up in a browser without script: from the low score to a customer whose case is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.models import Department
from app.models.transaction import writing
from app.services import responses, surveys, users
from app.services.responses import Answer
from tests.journeys.signing_in import sign_in
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
SAID = "Support takes days to answer <script>alert(1)</script>"


@pytest.fixture(scope="module")
def followed(site: Site) -> None:
    """A survey with two editors, a department, and low scores of a customer who is worth something."""
    with site.inside():
        survey = surveys.create("followed", "Followed")
        for email in ("fay@example.com", "gus@example.com"):
            users.join(users.create(email, PASSWORD), survey, "admin")
        with writing() as session:
            session.add(Department(survey_id=survey.id, name="Service"))
        given = {"respondent": "user-17", "identity": "verified", "monthly_revenue": 100.0, "is_complete": True}
        responses.record(survey.id, Answer("n1", 2, "api", SAID, "en", **given))  # type: ignore[arg-type]
        responses.record(survey.id, Answer("n2", 9, "api", "It works", "en", is_complete=True))
        responses.record(survey.id, Answer("n3", 1, "api", "asdf, just trying", "en", is_complete=True))


@pytest.fixture
def people(browser: Browser, site: Site, followed: None) -> Iterator[tuple[Page, Page]]:
    """Fay and Gus, signed in with scripts switched off."""
    contexts = [browser.new_context(java_script_enabled=False, locale="en-GB") for _ in range(2)]
    pages = []
    for context, email in zip(contexts, ("fay@example.com", "gus@example.com"), strict=True):
        context.set_default_timeout(15_000)
        pages.append(context.new_page())
        sign_in(pages[-1], site.url, email, PASSWORD)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def way(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages of this survey").get_by_role("link", name=name, exact=True).click()


def test_from_a_low_score_to_a_closed_case(people: tuple[Page, Page], site: Site) -> None:
    fay, gus = people
    values(fay, site)
    sorts_out_a_test(fay)
    both_open_the_case(fay, gus, site)
    assigns(fay)
    finds_out_that_it_changed(gus)
    closes(gus)
    looks_at_the_customer(fay)


def values(fay: Page, site: Site) -> None:
    fay.goto(f"{site.url}/surveys/followed/settings/value")
    fay.get_by_label("Currency").fill("EUR")
    fay.get_by_label("Months", exact=True).fill("24")
    fay.get_by_role("button", name="Save").click()
    expect(fay.get_by_role("status")).to_contain_text("Saved.")


def sorts_out_a_test(fay: Page) -> None:
    fay.goto(fay.url.replace("settings/value", "responses").partition("?")[0])
    fay.locator("li", has_text="asdf").get_by_role("checkbox").check()
    fay.get_by_label("Mark what is ticked as").select_option("test")
    fay.get_by_role("button", name="Mark").click()
    expect(fay.get_by_role("status")).to_contain_text("in no number any more")
    expect(fay.get_by_text("asdf")).to_have_count(0)


def both_open_the_case(fay: Page, gus: Page, site: Site) -> None:
    for page in (fay, gus):
        page.goto(f"{site.url}/surveys/followed/cases")
        expect(page.get_by_role("heading", name="1 case")).to_be_visible()
        page.get_by_role("link", name="Support takes days").click()
        expect(page.locator("blockquote")).to_have_text(SAID)


def assigns(fay: Page) -> None:
    fay.get_by_label("Assigned to").select_option("gus@example.com")
    fay.get_by_label("Department").select_option("Service")
    fay.get_by_role("button", name="Save").click()
    expect(fay.get_by_role("status")).to_contain_text("Saved.")


def finds_out_that_it_changed(gus: Page) -> None:
    gus.get_by_label("I was in touch with the person").check()
    gus.get_by_label("Note").fill("Called her: she waits for a refund.")
    gus.get_by_role("button", name="Save").click()
    expect(gus.get_by_role("alert")).to_contain_text("Somebody else changed this case meanwhile.")
    expect(gus.get_by_label("Note")).to_have_value("Called her: she waits for a refund.")


def closes(gus: Page) -> None:
    gus.get_by_label("State").select_option("closed")
    gus.get_by_label("Closed because").select_option("solved")
    gus.get_by_label("Assigned to").select_option("gus@example.com")
    gus.get_by_role("button", name="Save").click()
    expect(gus.get_by_role("status")).to_contain_text("Saved.")
    expect(gus.get_by_text("Called her: she waits for a refund.")).to_be_visible()
    way(gus, "Cases")
    expect(gus.get_by_text("None passes these filters.").or_(gus.get_by_text("Every new answer"))).to_be_visible()


def looks_at_the_customer(fay: Page) -> None:
    way(fay, "Customers")
    fay.get_by_role("link", name="user-17").click()
    expect(fay.get_by_role("heading", level=1)).to_have_text("user-17")
    expect(fay.get_by_text("2,400 EUR").first).to_be_visible()
    expect(fay.locator("section[aria-labelledby=cases]")).to_contain_text("solved")
