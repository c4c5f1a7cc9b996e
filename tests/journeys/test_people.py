"""An administrator invites somebody, who reads the report and can change nothing: in a browser without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.services import users
from tests import rows
from tests.journeys.signing_in import sign_in, without_script
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

ADMIN, INVITED, PASSWORD = "ada@example.com", "vic@example.com", "correct horse battery"
QUOTE = "Support took four days to answer"


@pytest.fixture(scope="module")
def survey(site: Site) -> None:
    """The data set V5, and its administrator."""
    with site.inside():
        made = rows.survey("heron", "Blue Heron")
        rows.store(made, rows.v5(rows.now_at_noon()))
        users.join(users.create(ADMIN, PASSWORD), made, "admin")


@pytest.fixture
def ada(browser: Browser, site: Site, survey: None) -> Iterator[Page]:
    """The administrator, signed in."""
    with without_script(browser) as page:
        sign_in(page, site.url, ADMIN, PASSWORD)
        yield page


def invites(page: Page, site: Site) -> str:
    page.goto(f"{site.url}/surveys/heron/settings")
    page.get_by_role("link", name="People").click()
    page.get_by_label("E-mail address").fill(INVITED)
    page.get_by_label("Role", exact=True).select_option("viewer")
    page.get_by_role("button", name="Make an invitation").click()
    return page.get_by_label("Copy it now and send it").input_value()


def test_an_administrator_invites_and_a_viewer_reads_and_cannot_change(ada: Page, browser: Browser, site: Site) -> None:
    link = invites(ada, site)
    with without_script(browser) as vic:
        joins(vic, link)
        reads(vic)
        cannot_change(vic, site)
    ada.goto(f"{site.url}/surveys/heron/people")
    expect(ada.get_by_role("region", name="Members").get_by_text(INVITED, exact=True)).to_be_visible()
    expect(ada.get_by_text("No invitation is waiting.")).to_be_visible()


def joins(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account and join").click()


def reads(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Blue Heron")
    expect(page.get_by_role("link", name="Share", exact=True)).to_have_count(0)
    page.get_by_role("rowheader", name="Speed up support responses").get_by_role("link").click()
    expect(page.get_by_text(QUOTE).first).to_be_visible()
    expect(page.get_by_role("button")).to_have_text(["Sign out", "Apply"])


def cannot_change(page: Page, site: Site) -> None:
    """Neither by a page nor by sending the form that a page for editors has."""
    base = f"{site.url}/surveys/heron"
    for address in ("people", "settings", "shares", "pain-points/support/edit"):
        answer = page.goto(f"{base}/{address}")
        assert answer
        assert answer.status == 403, address
    page.goto(f"{site.url}/account")
    token = page.locator("input[name=csrf_token]").first.input_value()
    for address in ("people/invitations", "shares", "catalogue", "pain-points/support/rename"):
        sent = page.request.post(f"{base}/{address}", form={"csrf_token": token, "name": "Mine", "days": "7"})
        assert sent.status == 403, address


def test_a_link_shows_a_board_the_view_and_nothing_else(ada: Page, browser: Browser, site: Site) -> None:
    ada.goto(f"{site.url}/surveys/heron/report")
    ada.get_by_role("link", name="Share", exact=True).click()
    ada.get_by_label("What it is for").fill("The board")
    ada.get_by_label("With quotes").check()
    ada.get_by_role("button", name="Make a link").click()
    link = ada.get_by_label("Copy it now").input_value()
    with without_script(browser) as board:
        board.goto(link)
        expect(board.get_by_text(QUOTE).first).to_be_visible()
        expect(board.get_by_role("button")).to_have_count(0)
        assert board.context.cookies() == []

        ada.get_by_role("button", name="Revoke the link The board").click()
        answer = board.goto(link)
        assert answer
        assert answer.status == 404
        expect(board.get_by_role("heading", name="This link does not work")).to_be_visible()
