"""Reads a page the way a browser does: its title, its form with everything in it, its links, its headings."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Page(HTMLParser):
    """A parsed answer. `fields` are what the form would send without another press."""

    html: str
    status: int = 200
    action: str | None = None
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in VOID:
            self._open.append((tag, given))
        if tag == "form":
            self.action, self.method = given["action"], given.get("method") or "get"
        if tag == "input" and (given["type"] not in {"radio", "checkbox"} or "checked" in given):
            self.fields[given["name"] or ""] = given.get("value") or ""
        if tag == "button":
            self.buttons.append((given.get("name") or "", given.get("value") or ""))
        if "aria-label" in given:
            self.names.append(given["aria-label"] or "")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag, given in self._open:
            self.texts[tag] = self.texts.get(tag, "") + data
            if tag == "a":
                self.links[data.strip()] = given["href"] or ""

    @property
    def title(self) -> str:
        return self.texts.get("title", "").replace("\u2068", "").replace("\u2069", "")

    @property
    def heading(self) -> str:
        return self.texts.get("h1", "").strip()

    @property
    def said(self) -> str:
        """Everything a person can read."""
        return " ".join(self.texts.get("main", "").split())

    @property
    def words(self) -> str | None:
        """What stands in the comment field; None without one."""
        if not any(tag == "textarea" for tag, _ in self.tags):
            return None
        return self.texts.get("textarea", "").removeprefix("\n")

    @property
    def chosen(self) -> str | None:
        """The score that is ticked."""
        return self.fields.get("score")
