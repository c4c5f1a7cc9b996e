"""The way in, as everybody takes it."""

from __future__ import annotations

from playwright.sync_api import Page


def sign_in(page: Page, site: str, email: str, password: str) -> None:
    """From the sign-in page of the site at this address to where it leads."""
    page.goto(f"{site}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
