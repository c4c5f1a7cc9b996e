"""The main job for CSAT: a 2 of 5 with a reason, and the reason on the report a moment later."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import Installation
from tests.journeys.signing_in import sign_in, without_script

pytestmark = pytest.mark.browser

SAID = "Support takes days to answer"
SOON = 15.0  # seconds from the thanks to the report
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A survey of satisfaction with enough answers for a ranking."""
    folder = tmp_path_factory.mktemp("satisfaction")
    made = Installation(folder)
    made.environment["LEAST_SECONDS"] = "0"
    answers = folder / "answers.csv"
    lines = [
        f"{score},{words}"
        for score, words in [(1, "The app crashes"), (3, "Support takes two weeks to answer")] * 16 + [(5, "")] * 8
    ]
    answers.write_text("\n".join(["score,comment", *lines]) + "\n")
    made.flask("db", "upgrade")
    made.flask("survey", "create", "shop", "--name", "Acme", "--metric", "csat")
    made.flask("user", "create", "ann@example.com", "--password", PASSWORD)
    made.flask("import", str(answers), "--survey", "shop")
    made.flask("analyse", "--survey", "shop")
    with made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with without_script(browser) as page:
        yield page


def raised(page: Page, installation: Installation, name: str) -> int:
    """How many raise a pain point, as the report says."""
    page.goto(f"{installation.url}/surveys/shop/report")
    row = page.locator("table tr.figures").filter(has=page.get_by_role("link", name=name, exact=True))
    return int(re.findall(r"\d+", row.locator("[data-label=Mentions]").inner_text())[0])


def test_a_two_of_five_with_a_reason_stands_on_the_report(page: Page, installation: Installation) -> None:
    sign_in(page, installation.url, "ann@example.com", PASSWORD)
    before = raised(page, installation, "Speed up support responses")

    page.goto(f"{installation.url}/w/shop")
    expect(page.get_by_role("heading")).to_have_text("How satisfied are you with Acme?")
    expect(page.get_by_role("listitem")).to_have_count(5)
    page.get_by_role("button", name="2 out of 5").click()
    page.get_by_label("What should we improve first?").fill(SAID)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading")).to_contain_text("Your answer has been saved")
    thanked = time.monotonic()

    while time.monotonic() - thanked < SOON and raised(page, installation, "Speed up support responses") == before:
        time.sleep(0.3)
    assert raised(page, installation, "Speed up support responses") == before + 1
    card = page.locator("section.card.nps")
    expect(card.get_by_role("heading")).to_have_text("Customer satisfaction (CSAT)")
    expect(card).to_contain_text("20 %")  # 8 of 41
    expect(page.get_by_text("neutral and dissatisfied customers").first).to_be_visible()
    page.get_by_role("link", name="Speed up support responses", exact=True).first.click()
    quote = page.locator("article.quote, figure.quote", has_text=SAID)
    expect(quote).to_have_count(1)
    expect(quote).to_contain_text("dissatisfied")
