"""Takes the pictures of the README from the demo survey, as `make run` shows it."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.journeys.conftest import ARGUMENTS, CHROMIUM  # noqa: E402 - after the path to our own tests
from tests.journeys.installation import Installation  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
WIDGET = {"width": 640, "height": 300}
REPORT = {"width": 1200, "height": 1250}


def main() -> None:
    """The widget in its frame size, and the top of the report."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder))
        printed = installation.flask("demo", "--host-origin", "http://127.0.0.1:8001")
        with installation, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM or shutil.which("chromium"), args=ARGUMENTS)
            take_report(browser, installation, printed)
            take_widget(browser, installation)
            browser.close()


def take_widget(browser: Browser, installation: Installation) -> None:
    """Step 1 and step 2 of an answer of 7."""
    page = browser.new_page(viewport=WIDGET, java_script_enabled=False, locale="en-GB", device_scale_factor=2)
    page.goto(f"{installation.url}/w/demo")
    page.screenshot(path=PICTURES / "widget.png")
    page.get_by_role("button", name="7 out of 10").click()
    page.screenshot(path=PICTURES / "widget-comment.png")


def take_report(browser: Browser, installation: Installation, printed: str) -> None:
    """The report as somebody sees it who has just signed in."""
    page = browser.new_page(viewport=REPORT, java_script_enabled=False, locale="en-GB")
    account = re.search(r"Sign in\s+(\S+)\s+(\S+)", printed)
    if account is None:
        raise RuntimeError(f"the demo printed no sign-in: {printed}")
    page.goto(f"{installation.url}/login")
    page.get_by_label("E-mail").fill(account[1])
    page.get_by_label("Password").fill(account[2])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{installation.url}/surveys/demo/report")
    page.screenshot(path=PICTURES / "report.png")


if __name__ == "__main__":
    main()
