"""The way in, as everybody takes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page


@contextmanager
def without_script(browser: Browser, patience: float = 15) -> Iterator[Page]:
    """A page in a browser of its own that runs no script; it waits so many seconds for what is to come."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(1_000 * patience)
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, site: str, email: str, password: str) -> None:
    """From the sign-in page of the site at this address to where it leads."""
    page.goto(f"{site}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
