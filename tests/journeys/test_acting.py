"""From "fixed" to "a clear change": an owner acts in a browser without script, and new answers decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import Installation
from tests.journeys.signing_in import sign_in, without_script

pytestmark = pytest.mark.browser

SLOW, OTHERS = "Support takes days to answer", ["far too expensive", "it crashes when I save", "the invoice is wrong"]
EMAIL, PASSWORD = "bo@example.com", "correct horse battery"
NAME, PAGE = "Speed up support responses", "/surveys/shop/pain-points/support-speed"


def answers(file: Path, name: str, ago: int, slow: int, of: int) -> str:
    """Passives and detractors so many days ago, some of whom wait for support."""
    at = datetime.now(UTC) - timedelta(days=ago)
    said = [SLOW] * slow + [OTHERS[n % 3] for n in range(of - slow)]
    lines = [f'{n % 9},"{text}",{at:%Y-%m-%dT%H:%M:%SZ},en,{name}{n}' for n, text in enumerate(said)]
    file.write_text("\n".join(["score,comment,created_at,language,external_id", *lines]) + "\n")
    return str(file)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("acting")
    made = Installation(folder)
    made.flask("survey", "create", "shop", "--name", "Shop")
    made.flask("import", answers(folder / "before.csv", "before", ago=40, slow=24, of=60), "--survey", "shop")
    made.flask("user", "create", EMAIL, "--password", PASSWORD, "--survey", "shop", "--role", "editor")
    made.flask("analyse", "--survey", "shop")
    with made:
        yield made


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    with without_script(browser) as page:
        sign_in(page, installation.url, EMAIL, PASSWORD)
        yield page


def saves(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


def test_an_owner_fixes_a_pain_point_and_new_answers_say_that_it_helped(
    page: Page, installation: Installation, tmp_path: Path
) -> None:
    fixed_on = datetime.now(UTC).date() - timedelta(days=30)
    page.goto(f"{installation.url}/surveys/shop/report")
    page.get_by_role("link", name=NAME, exact=True).first.click()
    page.get_by_label("Owner").fill(EMAIL)
    page.get_by_label("Status").select_option("in progress")
    page.get_by_label("Due", exact=True).fill(f"{fixed_on:%Y-%m-%d}")
    saves(page)
    expect(page.get_by_text("overdue").first).to_be_visible()

    page.get_by_role("link", name="Shop").click()
    page.get_by_role("link", name="Under way").click()
    row = page.get_by_role("row").filter(has_text=NAME)
    expect(row).to_contain_text("overdue")
    expect(row).to_contain_text(EMAIL)
    row.get_by_role("link", name=NAME).click()
    page.get_by_label("Status").select_option("fixed")
    page.get_by_label("Fixed on").fill(f"{fixed_on:%Y-%m-%d}")
    page.get_by_label("Note").fill("Somebody answers within the hour now.")
    saves(page)
    expect(page.get_by_text("Too early: 0 of 30 comments so far.")).to_be_visible()

    installation.flask("import", answers(tmp_path / "after.csv", "after", ago=10, slow=3, of=60), "--survey", "shop")
    installation.flask("analyse", "--survey", "shop")

    page.goto(f"{installation.url}{PAGE}")
    expect(page.get_by_text("Mentions fell from 40\u00a0% to 5\u00a0%: a clear change.")).to_be_visible()
    expect(page.get_by_text("A comparison in time, not an experiment")).to_be_visible()
    expect(page.get_by_text("Somebody answers within the hour now.")).to_be_visible()
    page.goto(f"{installation.url}/surveys/shop/under-way")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("a clear change")


def test_the_pages_of_acting_are_sound_for_everyone(page: Page, installation: Installation, axe: str) -> None:
    installation.flask("catalogue", "act", "support-speed", "--survey", "shop", "--status", "planned", "--owner", "Cy")
    page.goto(f"{installation.url}/login")
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        locale="en-GB", viewport={"width": 320, "height": 800}, bypass_csp=True
    )
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    for address in (PAGE, "/surveys/shop/under-way?by=department", "/surveys/shop/report"):
        narrow = context.new_page()
        narrow.goto(installation.url + address)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert narrow.evaluate(axe) == 0
        found = narrow.evaluate("axe.run()")["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], address
        narrow.close()
    context.close()
