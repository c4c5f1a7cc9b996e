"""What the site of the documents needs beyond their folder: the changelog, the decisions, no link that leads out."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)(#[^)]*)?\)")


def on_config(config: Any) -> None:
    """The decisions stand in the menu by their titles, in order."""
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    titles = [page.read_text().partition("\n")[0].lstrip("# ") for page in pages]
    section = [{title: f"decisions/{page.name}"} for title, page in zip(titles, pages, strict=True)]
    config.nav.insert(len(config.nav) - 1, {"Decide": section})


def on_files(files: Any, config: Any) -> None:
    """The changelog lies beside the folder."""
    files.append(File.generated(config, "changelog.md", content=(ROOT / "CHANGELOG.md").read_text()))


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """A link to a file outside the folder becomes the name of that file: the site shows documents, not code."""
    here = posixpath.dirname(page.file.src_uri)
    return LINK.sub(lambda found: _inside(here, *found.groups()), markdown)


def _inside(here: str, text: str, target: str, anchor: str | None) -> str:
    path = posixpath.normpath(posixpath.join("docs", here, target))
    if path == "CHANGELOG.md":
        return f"[{text}]({posixpath.relpath('changelog.md', here or '.')})"
    if path.startswith("docs/"):
        return f"[{text}]({target}{anchor or ''})"
    bare = text.strip("`")
    return f"`{path}`" if path.endswith(bare) else f"{text} (`{path}`)"
