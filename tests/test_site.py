"""The documents as a site: every page has a place, every link leads somewhere, nothing is fetched from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scripts import explain

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FETCHED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=[\"']?(https?:)?//", re.IGNORECASE)


def build(folder: Path, docs: Path = DOCS) -> subprocess.CompletedProcess[str]:
    """The site of a folder of documents, with the settings of ours."""
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    settings |= {"docs_dir": str(docs), "hooks": [str(ROOT / "scripts" / "site_hooks.py")]}
    file = folder / "mkdocs.yml"
    file.write_text(yaml.safe_dump(settings))
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(file), "-d", str(folder / "site")]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=quiet, timeout=120)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    made = build(folder)
    assert made.returncode == 0, made.stderr
    return folder / "site"


def test_every_document_is_a_page_with_a_place_in_the_menu(site: Path) -> None:
    menu = (ROOT / "mkdocs.yml").read_text()
    for page in DOCS.glob("*.md"):
        assert f"- {page.name}" in menu, f"mkdocs.yml does not name {page.name}"
        assert (site / f"{page.stem}.html").exists()
    assert {page.stem for page in (site / "decisions").glob("*.html")} == {
        page.stem for page in (DOCS / "decisions").glob("*.md")
    }


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert FETCHED.search(page.read_text()) is None, page.name


def test_a_link_to_code_is_the_name_of_the_file(site: Path) -> None:
    page = (site / "deploying.html").read_text()

    assert "deploy/nginx.conf" in page
    assert 'href="../deploy' not in page


@pytest.mark.parametrize("link", ["[gone](gone.md)", "[gone](faq.md#no-such-question)"])
def test_a_link_that_leads_nowhere_breaks_the_build(link: str, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    for path in DOCS.rglob("*"):
        if path.is_file():
            copy = docs / path.relative_to(DOCS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (docs / "faq.md").write_text((docs / "faq.md").read_text() + f"\n{link}\n")

    made = build(tmp_path, docs)

    assert made.returncode != 0
    assert "gone.md" in made.stderr or "no-such-question" in made.stderr


def test_the_pictures_of_the_numbers_are_what_the_formulas_draw() -> None:
    for name, picture in explain.pictures().items():
        assert (DOCS / "pictures" / name).read_text() == picture, f"run `make explain` for {name}"
