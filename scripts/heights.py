"""Measures the widget in every language and writes what the page to embed and docs/embed.md publish."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.i18n import LOCALES  # noqa: E402 - after the path to our own code
from app.pages.heights import FILE, NAME, WIDTHS, reserved  # noqa: E402
from tests.journeys.conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from tests.journeys.heights import measure  # noqa: E402
from tests.journeys.installation import Installation  # noqa: E402

GUIDE = ROOT / "docs" / "embed.md"
TABLE = re.compile(r"(?<=<!-- heights -->\n).*?(?=<!-- /heights -->)", re.DOTALL)


def main() -> None:
    """All languages at all widths."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Installation(Path(folder)) as installation,
        sync_playwright() as playwright,
    ):
        installation.flask("survey", "create", "measured", "--name", NAME)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        address = f"{installation.url}/w/measured?lang="
        found = {locale: measure(browser, address + locale) for locale in LOCALES}
        browser.close()
    lines = ",\n".join(f' "{locale}": {json.dumps(heights)}' for locale, heights in found.items())
    FILE.write_text(f"{{\n{lines}\n}}\n")
    GUIDE.write_text(TABLE.sub("\n".join(rows(found)) + "\n", GUIDE.read_text()))


def rows(found: Mapping[str, Mapping[int, list[int]]]) -> Iterable[str]:
    """The highest of all languages at each width, and which language that is."""
    yield "| width of the frame | number | reason | thanks | set |"
    yield "| --- | --- | --- | --- | --- |"
    for width in WIDTHS:
        cells = []
        for step in range(3):
            highest = max(found, key=lambda locale: found[locale][width][step])
            cells.append(f"{found[highest][width][step]} ({highest})")
        yield f"| {width} | {' | '.join(cells)} | {reserved(width)} |"


if __name__ == "__main__":
    main()
