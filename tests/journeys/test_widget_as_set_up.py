"""The widget in a survey's own words and colours: as accessible, as light and as well-fitting as the shipped one."""

from __future__ import annotations

import gzip
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page, Request

from app import i18n
from app.models import Survey
from app.models.transaction import writing
from app.services import surveys, themes
from tests.journeys.site import Site
from tests.journeys.test_widget_for_everyone import EVERYTHING, LOOKS, steps, violations
from tests.pseudo import NAME, english, pseudo

pytestmark = pytest.mark.browser

THEMES = {
    "violet": {"accent": "#7a1fa2", "background": "#fff8ee", "text": "#2b1a10", "corners": "0"},
    "just enough": {"accent": "#767676", "text": "#767676", "dark_text": "#7f8286", "dark_accent": "#7f8286"},
    "middle": {"background": "#777777", "text": "#000000", "accent": "#000000", "scheme": "light"},
    "night": {"background": "#000", "text": "#fff", "accent": "#ff0", "dark_background": "#fff", "dark_text": "#000",
              "dark_accent": "#00f", "corners": "20"},
}  # fmt: skip
FORCED = {"type": "rule", "values": ["target-size"]}  # axe takes its colours from a property that nothing forces
OWN_COLOURS = """[...document.querySelectorAll("main :is(h1, p, a, label, span, button)")]
    .filter(one => !one.closest("label:has(:checked)"))
    .map(one => getComputedStyle(one).color)
    .filter(colour => !["rgb(0, 0, 0)", "rgb(0, 0, 159)"].includes(colour))"""  # text and links as forced


@pytest.fixture(scope="module")
def keys(site: Site) -> list[str]:
    """A survey in each theme, and one in a language that nobody speaks."""
    with site.inside():
        for name, theme in THEMES.items():
            key = surveys.key_for(name)
            surveys.create(key, "Blue Heron Analytics")
            themes.change(key, theme)
        longer = {str(message.id): pseudo(str(message.id)) for message in i18n.catalogue("en") if message.id}
        made = surveys.create("pseudo", NAME)
        with writing() as session:
            session.get_one(Survey, made.id).wording = {"en": longer}
    return [surveys.key_for(name) for name in THEMES]


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_that_is_taken_can_be_read_in_every_look(
    browser: Browser, site: Site, keys: list[str], axe: str, theme: str
) -> None:
    page = browser.new_page(reduced_motion="reduce", locale="en-GB")
    found = {}

    page.goto(f"{site.url}/w/{surveys.key_for(theme)}")
    for state in chain(["score"], steps(page)):
        for look, (size, media) in LOOKS.items():
            page.set_viewport_size(size)
            page.emulate_media(**media)
            found[state, look] = violations(page, axe, FORCED if look == "forced colours" else EVERYTHING)
            if look == "forced colours" and (own := page.evaluate(OWN_COLOURS)):
                found[state, look].append(f"not forced: {own}")

    page.context.close()
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_a_screen_that_many_use_is_accessible(browser: Browser, site: Site, keys: list[str], axe: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 600}, locale="en-GB")
    page.goto(f"{site.url}/w/{keys[0]}?kiosk=1&lang=ar")

    found = [wrong for _ in chain(["score"], steps(page)) for wrong in violations(page, axe, EVERYTHING)]

    assert page.get_by_role("link").count() == 1
    page.context.close()
    assert found == []


def test_a_step_in_own_colours_is_two_small_requests_without_script_or_cookie(
    browser: Browser, site: Site, keys: list[str]
) -> None:
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.on("requestfinished", note)
    page.goto(f"{site.url}/w/{keys[-1]}")
    page.wait_for_load_state("networkidle")
    bodies = [request.response().body() for request in sent]  # type: ignore[union-attr]

    assert sorted(request.resource_type for request in sent) == ["document", "stylesheet"]
    assert sum(len(gzip.compress(body)) for body in bodies) <= 6_000
    assert not any(b"<script" in body for body in bodies)
    assert context.cookies() == []
    context.close()


def test_longer_words_are_neither_cut_nor_wider_than_the_frame(browser: Browser, site: Site, keys: list[str]) -> None:
    page = browser.new_page(locale="en-GB")
    cut = {}

    page.goto(f"{site.url}/w/pseudo?score=3")
    for name in ("chosen", "privacy", "score", *[""] * 3):
        if name == "privacy":
            page.goto(f"{site.url}/w/pseudo/privacy")
        if name == "score":
            page.goto(f"{site.url}/w/pseudo")
            walk = steps(page)
        state = name or next(walk)
        assert english(page.locator("main").inner_text().replace(f"{site.url}/w/pseudo", "")) == []
        for width in (280, 320, 480, 560, 800):
            page.set_viewport_size({"width": width, "height": 260})
            cut[state, width] = cut_off(page)

    page.context.close()
    assert {where: wrong for where, wrong in cut.items() if wrong} == {}
    assert len(cut) == 6 * 5


def cut_off(page: Page) -> list[str]:
    """What does not fit: the page in its width, a text in its box, or the end where nobody can scroll to."""
    return page.evaluate("""() => {
        const root = document.documentElement
        const wrong = [...document.querySelectorAll("main *:not(.heard, .trap, .trap *)")]
            .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
            .map(one => one.outerHTML.slice(0, 80))
        if (root.scrollWidth > root.clientWidth) wrong.push("page is too wide")
        scrollTo(0, root.scrollHeight)
        if (document.querySelector("main").getBoundingClientRect().bottom > innerHeight + 1) wrong.push("end is cut")
        scrollTo(0, 0)
        return wrong
    }""")  # type: ignore[no-any-return]
