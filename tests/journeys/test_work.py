"""Long work followed in a browser without script, with a jobs process that is killed in the middle."""

from __future__ import annotations

import csv
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import PATIENCE, Installation
from tests.journeys.signing_in import sign_in, without_script

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "eda@example.com", "correct horse battery"
ROWS = 30_000  # so many that the middle can be seen
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Web and jobs, a survey and its editor."""
    made = Installation(tmp_path_factory.mktemp("work"))
    made.flask("survey", "create", "shop", "--name", "Shop")
    made.flask("user", "create", EMAIL, "--password", PASSWORD, "--survey", "shop", "--role", "editor")
    with made:
        yield made


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    with without_script(browser, 30) as page:
        sign_in(page, installation.url, EMAIL, PASSWORD)
        yield page


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many answers, and two rows that are none."""
    file = tmp_path_factory.mktemp("files") / "answers.csv"
    lines = [f"{number % 11},{'Too slow' if number % 11 < 3 else ''},{number}" for number in range(ROWS)]
    file.write_text("\n".join(["score,comment,external_id", *lines, "eleven,x,y", "12,x,z"]) + "\n")
    return file


def follows(page: Page, words: str) -> None:
    """Wait until the page shows it by itself: nothing here clicks or runs a script."""
    expect(page.get_by_role("heading", level=2)).to_have_text(words, timeout=PATIENCE * 1_000)


def test_an_import_survives_its_process_and_an_export_gives_the_same_answers_back(
    page: Page, installation: Installation, answers: Path, tmp_path: Path
) -> None:
    page.goto(f"{installation.url}/surveys/shop/data")
    page.get_by_label("File").set_input_files(answers)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("row", name="external_id your id of the answer 0")).to_be_visible()
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_text(re.compile(r"Bringing answers in: [\d,]+ of 30,002"))).to_be_visible(timeout=60_000)
    os.kill(installation.children()["jobs"], signal.SIGKILL)

    follows(page, "Done")
    rows = page.locator("dl.facts > div").all_inner_texts()
    told = {name: int(number.replace(",", "")) for name, number in (row.split("\n") for row in rows)}
    assert (told["Rows"], told["Left out"]) == (ROWS + 2, 2)
    assert told["New answers"] + told["Already there"] == ROWS
    expect(page.get_by_text("It was interrupted and began again")).to_be_visible()
    expect(page.get_by_role("row", name=f"{ROWS + 2} the score must be")).to_be_visible()

    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("button", name="Make the file").click()
    follows(page, "Done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    download.value.save_as(tmp_path / "responses.csv")
    with (tmp_path / "responses.csv").open(encoding="utf-8-sig", newline="") as file:
        found = sorted(int(row["external_id"]) for row in csv.DictReader(file))
    assert found == list(range(ROWS))


def test_every_state_passes_the_checker_and_fits_a_small_screen(
    browser: Browser, installation: Installation, answers: Path, axe: str
) -> None:
    context = browser.new_context(locale="en-GB", viewport={"width": 320, "height": 700})
    page = context.new_page()
    sign_in(page, installation.url, EMAIL, PASSWORD)
    page.goto(f"{installation.url}/surveys/shop/data")
    page.get_by_label("File").set_input_files(answers)
    page.get_by_role("button", name="Look at it first").click()
    passes(page, axe)
    page.get_by_role("button", name="Bring them in").click()
    page.goto(f"{page.url}?still=1")  # refreshing is for those who want it: this is the page for those who do not
    passes(page, axe)
    page.get_by_role("button", name="Cancel").click()
    passes(page, axe)
    context.close()


def passes(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert wide <= 0
