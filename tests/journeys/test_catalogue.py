"""An editor puts a catalogue in order, in a browser without script; new answers and a full run leave it so."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import Installation
from tests.journeys.signing_in import sign_in, without_script

pytestmark = pytest.mark.browser

SAID = [
    "Support takes days to answer", "Nobody answers my support tickets", "the app crashes when I open it",
    "my haircut is crooked", "the haircut came out too short", "far too expensive", "the invoice is wrong again",
    "the app is slow to load", "setting it up took a whole week", "it crashes when I save",
]  # fmt: skip
SOON = 30.0  # seconds until a change is applied, on a machine that is busy with other tests
EMAIL, PASSWORD = "ann@example.com", "correct horse battery"


def answers(file: Path, numbers: range) -> Path:
    lines = ["score,comment,language,external_id"]
    lines += [f'{n % 9},"{SAID[n % len(SAID)]}",en,e{n}' for n in numbers]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("catalogue")
    made = Installation(folder)
    made.flask("import", str(answers(folder / "first.csv", range(80))), "--survey", "shop")
    made.flask("user", "create", EMAIL, "--password", PASSWORD, "--survey", "shop", "--role", "editor")
    made.flask("analyse", "--survey", "shop")
    with made:
        yield made


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    with without_script(browser) as page:
        sign_in(page, installation.url, EMAIL, PASSWORD)
        yield page


class Editor:
    """Somebody who clicks."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, f"{base}/surveys/shop"

    def opens(self, name: str) -> None:
        """The page on which this pain point is edited."""
        self.page.goto(f"{self.base}/catalogue")
        self.page.get_by_role("link", name=f"Edit {name}", exact=True).click()

    def presses(self, button: str, says: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(says)

    def waits(self) -> None:
        """Until the changes are applied: the page reloads itself."""
        self.page.goto(f"{self.base}/catalogue")
        expect(self.page.get_by_text("is being applied to earlier comments")).to_have_count(0, timeout=SOON * 1000)

    def people(self) -> dict[str, int]:
        """How many raise each pain point, by its name on the page."""
        self.page.goto(f"{self.base}/catalogue")
        rows = self.page.locator("table.catalogue tbody tr").all()
        return {
            row.get_by_role("link").first.inner_text(): int(row.locator("td").first.inner_text().replace(",", ""))
            for row in rows
        }


def test_what_an_editor_does_is_on_page_and_api_and_survives_new_answers_and_a_full_run(
    page: Page, installation: Installation, tmp_path: Path
) -> None:
    editor = Editor(page, installation.url)
    key = installation.flask("key", "create", "--survey", "shop", "--read-only").strip()
    before = editor.people()

    editor.opens("Speed up support responses")
    page.locator("#rename-name").fill("Answer at once")
    editor.presses("Rename", "Renamed.")
    page.get_by_label("Department").fill("Care")
    page.get_by_label("Owner").fill("Bo Lind")
    editor.presses("Assign", "Assigned.")
    editor.presses("Pin", "Pinned.")
    editor.opens("Simplify onboarding")
    editor.presses("Hide", "Hidden from the report.")
    editor.opens(_billing(before))
    page.get_by_label("Merge into").select_option(label="Lower or clarify pricing")
    editor.presses("Merge", "Merged.")
    page.goto(f"{editor.base}/catalogue")
    page.get_by_label("Name").fill("Cut hair straight")
    page.get_by_label("What people would say about it").fill("my haircut is uneven\nawful haircut\nbad haircut")
    editor.presses("Make", "Made.")
    editor.waits()
    made = editor.people()
    assert made["Cut hair straight"] == 16

    page.get_by_role("link", name="Cut hair straight", exact=True).click()
    page.locator("article", has_text="too short").first.get_by_label("Tick to split off").check()
    page.get_by_label("Name").fill("Leave hair long")
    editor.presses("Split off", "Split off.")
    editor.waits()
    assert editor.people()["Leave hair long"] == 8

    page.get_by_role("link", name="Fix crashes and errors", exact=True).click()
    wrong = page.locator("article", has_text="crashes when I save").first
    wrong.get_by_text("Wrong pain point?").click()
    wrong.get_by_label("It is about").select_option("none of them")
    wrong.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected.")
    editor.waits()
    ordered = editor.people()
    assert ordered["Fix crashes and errors"] == made["Fix crashes and errors"] - 8

    installation.flask("import", str(answers(tmp_path / "more.csv", range(80, 100))), "--survey", "shop")
    installation.flask("analyse", "--survey", "shop")

    after = editor.people()
    assert after.keys() == ordered.keys()
    assert {name: after[name] for name in ("Cut hair straight", "Leave hair long")} == {
        "Cut hair straight": 10, "Leave hair long": 10,
    }  # fmt: skip
    known = {row["name"]: row for row in _get(installation, "catalogue", key)["pain_points"]}
    kept = known["Answer at once"]
    assert (kept["id"], kept["department"], kept["owner"], kept["pinned"]) == ("support-speed", "Care", "Bo Lind", True)
    assert known["Simplify onboarding"]["hidden"]
    assert sum(row["merged_into"] == known["Lower or clarify pricing"]["id"] for row in known.values()) == 1
    page.goto(f"{editor.base}/report")
    row = page.locator("tr.figures", has_text="Answer at once")
    expect(row.get_by_text("pinned")).to_be_visible()
    expect(row.get_by_text("Bo Lind")).to_be_visible()
    expect(page.get_by_text("1 pain point is hidden")).to_be_visible()
    report = _get(installation, "report", key)
    raised = {row["name"] for name in ("pain_points", "shared_requests", "too_few") for row in report[name]}
    assert {"Answer at once", "Cut hair straight", "Leave hair long"} <= raised
    assert report["hidden"] == 1

    page.goto(f"{editor.base}/analyses")
    expect(page.get_by_text("the catalogue changed").first).to_be_visible()
    page.goto(f"{editor.base}/catalogue")
    renaming = page.get_by_role("listitem").filter(has_text="renamed “Speed up support responses”")
    renaming.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Undone.")
    expect(page.get_by_role("link", name="Speed up support responses", exact=True)).to_be_visible()


def _billing(names: dict[str, int]) -> str:
    return next(name for name in names if re.search("bill|invoice", name.lower()))


def _get(installation: Installation, noun: str, key: str) -> Any:
    until = time.monotonic() + SOON
    found = installation.get_json(f"/api/v1/surveys/shop/{noun}", key)
    while noun == "report" and found["analysis"]["pending"] and time.monotonic() < until:
        found = installation.get_json(f"/api/v1/surveys/shop/{noun}", key)
    return found
