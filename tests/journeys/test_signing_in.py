"""The ways in, in a browser without script: by a provider, and back in by mail for whoever forgot the password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.services import letters, users
from tests import rows
from tests.journeys.signing_in import sign_in, without_script
from tests.journeys.site import Site
from tests.post import FROM
from tests.provider import CLIENT, SECRET, Provider, provider
from tests.receivers import Post, post

pytestmark = pytest.mark.browser

ANN, BEA, PASSWORD, NEW = "ann@example.com", "bea@example.com", "correct horse battery", "a battery of horses"


@dataclass(frozen=True)
class Place:
    """An installation with a provider and a mail server, and one survey with its viewer."""

    site: Site
    provider: Provider
    mails: Post


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("ways in")
    with provider() as there, post() as mails:
        there.url = there.url.replace("127.0.0.1", "localhost")  # another site than ours, as browsers see it
        settings = {
            "OIDC_ISSUER": there.url,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "Example Inc.",
            "SMTP_URL": f"smtp+plain://127.0.0.1:{mails.port}",
            "MAIL_FROM": FROM,
        }
        with Site(folder, **settings) as site:
            with site.inside():
                made = rows.survey("heron", "Blue Heron")
                users.join(users.create(ANN, PASSWORD), made, "viewer")
                users.create(BEA, PASSWORD)
            yield Place(site, there, mails)


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with without_script(browser) as page:
        yield page


def test_a_provider_leads_back_to_the_page_that_was_wanted(page: Page, place: Place) -> None:
    page.goto(f"{place.site.url}/surveys/heron/report")
    page.get_by_role("link", name="Sign in with Example Inc.").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Provider")

    page.get_by_role("link", name="Yes, it is me").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Blue Heron")
    assert page.url == f"{place.site.url}/surveys/heron/report"
    page.goto(f"{place.site.url}/account")
    expect(page.get_by_text("You also sign in with Example Inc.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"{place.site.url}/surveys/heron/report")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_whoever_cancels_finds_a_way_on(page: Page, place: Place) -> None:
    page.goto(f"{place.site.url}/login")
    page.get_by_role("link", name="Sign in with Example Inc.").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were not signed in")

    page.get_by_role("link", name="Try again with Example Inc.").click()
    page.get_by_role("link", name="Yes, it is me").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Surveys")
    page.go_back()  # to the provider, whose answer was used
    page.get_by_role("link", name="Yes, it is me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Surveys")


def test_whoever_forgot_the_password_comes_back_in_by_mail(page: Page, place: Place) -> None:
    page.goto(f"{place.site.url}/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill(ANN)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    page.goto(mailed(place))
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("Once more").fill(NEW)
    page.get_by_role("button", name="Set it and sign in").click()

    expect(page.get_by_role("link", name="Blue Heron", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, place.site.url, ANN, NEW)
    expect(page.get_by_role("link", name="Blue Heron", exact=True)).to_be_visible()


def mailed(place: Place) -> str:
    """The link in the mail, which the jobs send."""
    with place.site.inside() as app:
        app.config |= {name: place.site.settings[name] for name in ("SMTP_URL", "MAIL_FROM")}
        assert letters.drain() == 1
    text = place.mails.mails[-1].get_body(("plain",))
    assert text
    return next(line for line in text.get_content().splitlines() if line.startswith(place.site.url + "/reset/"))


@pytest.mark.parametrize("path", ["/login", "/reset", "/reset?done=asked", "/login/oidc/callback", "/account"])
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_each_page_is_for_everyone(
    browser: Browser, place: Place, axe: str, path: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    if path == "/account":
        sign_in(page, place.site.url, BEA, PASSWORD)
    page.goto(place.site.url + path)
    page.evaluate(axe)

    found = page.evaluate("async () => (await axe.run()).violations.map(one => one.id + ': ' + one.nodes[0].html)")

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
