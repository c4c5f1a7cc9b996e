"""Every state of the widget, in twelve languages and four looks: accessible, light, and of the promised height."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page

from app.i18n import LOCALES
from app.models import Load, Survey, now
from app.models.transaction import writing
from app.pages import heights as published_heights
from app.services import asking, surveys
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

NAME = "Blue Heron Analytics"  # twenty characters
SMALL, LARGE = {"width": 320, "height": 340}, {"width": 800, "height": 600}
ZOOMED = {"width": 320, "height": 256}  # a window of 1280 × 1024 at 400 %
LOOKS = {
    "light": (LARGE, {"color_scheme": "light", "forced_colors": "none"}),
    "dark": (LARGE, {"color_scheme": "dark", "forced_colors": "none"}),
    "forced colours": (LARGE, {"color_scheme": "light", "forced_colors": "active"}),
    "small": (SMALL, {"color_scheme": "light", "forced_colors": "none"}),
    "zoomed": (ZOOMED, {"color_scheme": "light", "forced_colors": "none"}),
}
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS_ONLY = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}
NARROW, WIDE = (280, 320, 360, 420, 479), (480, 559, 560, 640, 800, 1200)
HIGHEST = {width: published_heights.reserved(width) for width in (*NARROW, *WIDE)}  # what the snippets reserve


@pytest.fixture(scope="module")
def keys(site: Site) -> None:
    """An open survey, a closed one, one for invited people, and one that has asked enough for today and tomorrow."""
    with site.inside():
        surveys.create("open", NAME)
        surveys.create("closed", NAME)
        surveys.close("closed")
        invited = surveys.create("invited", NAME)
        with writing() as session:
            session.get_one(Survey, invited.id).requires_signed = True
        full = surveys.create("full", NAME)
        asking.configure("full", {"daily_cap": 1})
        with writing() as session:
            today = now().date()
            session.add_all(Load(survey_id=full.id, day=today + timedelta(days=later), loads=1) for later in (0, 1))


def states(page: Page, site: Site, locale: str) -> Iterator[str]:
    """Bring the page into each of its states in turn."""
    start = f"{site.url}/w/open?lang={locale}"
    for name, address in {
        "closed": f"{site.url}/w/closed?lang={locale}",
        "invited": f"{site.url}/w/invited?lang={locale}",
        "not asked": f"{site.url}/w/full?lang={locale}",
        "nothing": f"{site.url}/w/nobody?lang={locale}",
        "privacy": f"{site.url}/w/open/privacy?lang={locale}",
        "code": f"{site.url}/w/open/receipt?lang={locale}",
        "mail": f"{start}&score=9",
        "score": start,
    }.items():
        page.goto(address)
        yield name
    yield from steps(page)
    yield from rights(page)
    send(page, start, {"comment": "x" * 4001})
    yield "errors"
    send(page, start, {})
    yield "no score"


def steps(page: Page) -> Iterator[str]:
    """From the open question to the thanks."""
    follow(page, "button[value='3']")
    yield "comment"
    page.locator("summary").click()
    yield "score opened"
    follow(page, "button[value='send']")
    yield "thanks"


def rights(page: Page) -> Iterator[str]:
    """From the thanks to the answer, a change of it and its erasing, and then a code that opens nothing."""
    follow(page, "a[href*='/answer/']")
    yield "answer"
    page.locator("textarea").fill("Search is slow")
    follow(page, "button.main")
    yield "changed"
    follow(page, "a[href*='/erase']")
    yield "erase"
    follow(page, "button")
    yield "erased"
    page.goto(page.url.replace("/erased", "/receipt"))
    page.locator("#code").fill("0000-0000")
    follow(page, "button")
    yield "no such code"


def follow(page: Page, what: str) -> None:
    """Press it and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(what).click()


def send(page: Page, start: str, fields: dict[str, str]) -> None:
    """Send what the page's own fields would not let through."""
    page.goto(start)
    token = page.locator("[name=token]").get_attribute("value") or ""
    inputs = "".join(
        f'<textarea name="{name}">{value}</textarea>' for name, value in {**fields, "token": token}.items()
    )
    page.evaluate("html => { document.querySelector('form').innerHTML = html }", inputs + '<button id="go">x</button>')
    follow(page, "#go")


def violations(page: Page, axe: str, rules: Mapping[str, object]) -> list[str]:
    """What is wrong with the page as it stands; a page wider than its window is wrong too."""
    page.evaluate(f"window.axe || {axe}")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
    fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return [f"{rule['id']}: {rule['nodes'][0]['html']} {rule['nodes'][0]['failureSummary']}" for rule in found] + (
        [] if fits else ["too wide"]
    )


@pytest.mark.parametrize("locale", ["en", "de", "ar", "ja"])
@pytest.mark.usefixtures("keys")
def test_every_state_is_accessible_in_every_look(browser: Browser, site: Site, axe: str, locale: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    found = {}

    for state in states(page, site, locale):
        for look, (size, media) in LOOKS.items():
            page.set_viewport_size(size)
            page.emulate_media(**media)
            found[state, look] = violations(page, axe, EVERYTHING if look == "light" else LOOKS_ONLY)

    page.context.close()
    assert len(found) == 18 * len(LOOKS)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale not in {"en", "de", "ar", "ja"}])
@pytest.mark.usefixtures("keys")
def test_the_steps_and_the_way_to_erase_are_accessible_in_every_language(
    browser: Browser, site: Site, axe: str, locale: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 340})
    page.goto(f"{site.url}/w/open?lang={locale}")

    shown = chain(["score"], steps(page), rights(page))
    found = [wrong for _ in shown for wrong in violations(page, axe, EVERYTHING)]

    page.context.close()
    assert found == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.usefixtures("keys")
def test_the_three_steps_fit_the_height_of_the_snippet(browser: Browser, site: Site, locale: str) -> None:
    page = browser.new_page()
    page.goto(f"{site.url}/w/open?lang={locale}")

    heights = {("score", width): height for width, height in measured(page).items()}
    for state in steps(page):
        if state != "score opened":
            heights |= {(state, width): height for width, height in measured(page).items()}

    page.context.close()
    assert {key: height for key, height in heights.items() if height > HIGHEST[key[1]]} == {}
    assert len(heights) == 3 * len(HIGHEST)
    published = {
        (step, width): height
        for width, steps, _ in published_heights.of(locale)
        for step, height in zip(published_heights.STEPS, steps, strict=True)
    }
    assert {key: height for key, height in published.items() if key in heights and heights[key] > height + 2} == {}


def measured(page: Page) -> dict[int, float]:
    """The height of the page at every width."""
    heights = {}
    for width in HIGHEST:
        page.set_viewport_size({"width": width, "height": 100})
        heights[width] = page.evaluate("document.querySelector('main').offsetHeight")
    return heights


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.usefixtures("keys")
def test_a_step_with_its_style_is_small_and_without_script(browser: Browser, site: Site, locale: str) -> None:
    page = browser.new_page()
    sizes = []

    page.goto(f"{site.url}/w/open?lang={locale}")
    style = page.request.get(site.url + (page.locator("link").get_attribute("href") or "")).body()
    for _ in chain(["score"], steps(page), rights(page)):
        html = page.content().encode()
        sizes.append((len(gzip.compress(html)) + len(gzip.compress(style)), len(html) + len(style)))
        assert not re.search(rb"<script|javascript:|\son\w+=", html)

    page.context.close()
    assert max(zipped for zipped, _ in sizes) <= 6_000
    assert max(plain for _, plain in sizes) <= 14_000
