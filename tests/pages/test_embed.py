"""The shipped snippets: every address in them opens, and every control says what it is."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.i18n import LOCALES
from app.pages import heights
from app.pages.widget_styles import WIDGET
from app.services import surveys
from tests.pages.reading import Page
from tests.pages.visitor import Visitor, stored

PREFIX = "https://nps.example"
GUIDE = (WIDGET.parent / "docs" / "embed.md").read_text()


def snippet(name: str) -> Page:
    return Page((WIDGET / "embed" / f"{name}.html").read_text())


HTML = ["iframe", "iframe-strict", "form", "link", "email"]
OTHERS = {"iframe.css", "kiosk.txt", "android.kt", "ios.swift", "heights.json", "qr.svg"}


def addresses(page: Page) -> list[str]:
    """Every address of ours in a snippet, as this server knows it."""
    found = [given.get(name) or "" for _, given in page.tags for name in ("src", "href", "action")]
    return [address.replace(f"{PREFIX}/w/KEY", "/w/shop") for address in found if address]


@pytest.fixture
def visitor(client: FlaskClient, app: Flask) -> Visitor:
    surveys.create("shop", "Acme")
    return Visitor(client)


def test_every_snippet_is_covered_here() -> None:
    assert {path.name for path in (WIDGET / "embed").iterdir()} == {f"{name}.html" for name in HTML} | OTHERS


@pytest.mark.parametrize("name", HTML)
def test_every_address_of_a_snippet_opens_and_stores_nothing(visitor: Visitor, name: str) -> None:
    found = addresses(snippet(name))

    assert len(found) == (11 if name == "email" else 1)
    assert {visitor.opens(address).status for address in found} == {200}
    assert stored() == []


@pytest.mark.parametrize("name", HTML)
def test_no_snippet_brings_script_or_anything_from_elsewhere(name: str) -> None:
    page = snippet(name)

    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "style"}
    assert not any(attribute.startswith("on") for _, given in page.tags for attribute in given)
    assert {address.partition("?")[0] for address in addresses(page)} == {"/w/shop"}


@pytest.mark.parametrize("name", ["kiosk.txt", "android.kt", "ios.swift"])
def test_the_address_for_a_screen_or_an_app_opens_and_stores_nothing(visitor: Visitor, name: str) -> None:
    (found,) = re.findall(r'"(https://nps\.example[^"]+)"', (WIDGET / "embed" / name).read_text())

    assert visitor.opens(found.replace(f"{PREFIX}/w/KEY", "/w/shop")).buttons[0] == ("score", "0")
    assert stored() == []


def test_the_frame_under_a_strict_policy_is_the_same_without_style() -> None:
    (_, usual), (_, strict) = *snippet("iframe").tags, *snippet("iframe-strict").tags

    assert set(usual) - set(strict) == {"width", "height", "style"}
    assert {name: value for name, value in strict.items() if name != "class"}.items() <= usual.items()
    assert f".{strict['class']} {{" in (WIDGET / "embed" / "iframe.css").read_text()


def test_on_a_screen_that_many_use_thanks_lead_on_and_never_back(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(kiosk="1", touchpoint="till-4"), score="3")
    thanks = visitor.sends(reason, comment="The queue is long", do="send")

    assert "Change my answer" not in thanks.links
    assert reason.links["Start again"] == thanks.links["Start again"] == "/w/shop?kiosk=1&touchpoint=till-4"
    again = visitor.opens(thanks.links["Start again"])
    assert again.action != visitor.opens().action
    assert {given.get("target") for tag, given in again.tags if tag == "a"} == {None}
    visitor.sends(again, score="9")
    assert stored() == [(3, "The queue is long"), (9, None)]


def test_the_frame_has_a_title_and_only_the_permissions_it_needs() -> None:
    ((tag, given),) = snippet("iframe").tags

    assert tag == "iframe"
    assert given["title"] == "Feedback about Acme"
    assert given["sandbox"] == "allow-forms allow-popups allow-popups-to-escape-sandbox"
    assert (given["height"], given["referrerpolicy"]) == ("260", "strict-origin")
    assert "scrolling" not in given


@pytest.mark.parametrize("name", ["form", "email"])
def test_the_row_runs_from_zero_to_ten_with_its_ends_named(name: str) -> None:
    page = snippet(name)

    assert page.names[0] == "0 out of 10, not at all likely"
    assert page.names[1:10] == [f"{score} out of 10" for score in range(1, 10)]
    assert page.names[10] == "10 out of 10, extremely likely"


def test_each_mail_link_chooses_its_own_number(visitor: Visitor) -> None:
    chosen = [visitor.opens(address).chosen for address in addresses(snippet("email"))]

    assert chosen == [str(score) for score in range(11)]


def test_the_form_of_a_host_page_sends_a_visit_and_never_an_answer() -> None:
    page = snippet("form")

    assert page.method == "get"
    assert page.buttons == [("score", str(score)) for score in range(11)]


def code(language: str) -> list[str]:
    """The blocks of one language in the embedding guide."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_guide_shows_the_snippet_that_is_shipped() -> None:
    assert code("html")[0] == (WIDGET / "embed" / "iframe.html").read_text()
    assert code("css")[0] == (WIDGET / "embed" / "iframe.css").read_text()


def test_the_guide_publishes_the_heights_that_were_measured() -> None:
    rows = re.findall(r"^\| (\d+) \| (\d+) \(\w+\) \| (\d+) \(\w+\) \| (\d+) \(\w+\) \| (\d+) \|$", GUIDE, re.MULTILINE)

    printed = {int(width): ([int(step) for step in steps], int(set_)) for width, *steps, set_ in rows}
    every = [heights.of(locale) for locale in LOCALES]
    highest = {
        row[0][0]: ([max(step) for step in zip(*(steps for _, steps, _ in row), strict=True)], row[0][2])
        for row in zip(*every, strict=True)
    }
    assert printed == highest
    assert all(max(steps) <= set_ for steps, set_ in printed.values())
