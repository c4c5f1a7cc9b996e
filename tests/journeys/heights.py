"""Measures how high the steps of the widget are, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from app.pages.heights import STEPS, WIDTHS


def measure(browser: Browser, address: str) -> dict[int, list[int]]:
    """By width, the height of each step at this address of a widget, in STEPS' order."""
    page = browser.new_page()
    page.goto(address)
    steps = [_at_every_width(page)]
    page.locator("button[value='3']").click()
    steps.append(_at_every_width(page))
    page.locator("button[value='send']").click()
    steps.append(_at_every_width(page))
    page.context.close()
    assert len(steps) == len(STEPS)
    return {width: [step[width] for step in steps] for width in WIDTHS}


def _at_every_width(page: Page) -> dict[int, int]:
    heights = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 100})
        heights[width] = page.evaluate("Math.ceil(document.querySelector('main').getBoundingClientRect().height)")
    return heights
