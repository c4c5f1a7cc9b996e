"""A pain point rises, a mail says so, its link is opened without signing in, and new answers say it is fixed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from app import create_app
from app.services import alert_rules, channels, digests, surveys
from app.services.channel_checks import Given
from tests.journeys.installation import Installation
from tests.journeys.signing_in import without_script
from tests.receivers import Post, post, wait_for

pytestmark = pytest.mark.browser

SLOW = ("Support takes days to answer", "Support takes a week to answer")
OTHER = ("far too expensive", "the app crashes when I save", "the invoice is wrong again")
TODAY = datetime.now(UTC).date()
FIXED_ON = TODAY - timedelta(days=40)
SOON = 60.0  # seconds, on a machine that is busy with other tests


def answers(file: Path, first: date, days: int, slow: int, other: int) -> Path:
    """Detractors of some days: so many who complain about support, and so many who do not."""
    lines = ["score,comment,language,external_id,created_at"]
    for number in range(slow + other):
        words = SLOW if number < slow else OTHER
        day = first + timedelta(days=number % days)
        said = f"{words[number % len(words)]}, number {number}"
        lines.append(f'{number % 6},"{said}",en,{file.stem}-{number},{day}T12:00:00Z')
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Post]:
    with post() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def installation(folder: Path, mailbox: Post) -> Iterator[Installation]:
    made = Installation(folder)
    made.environment |= {
        "SMTP_URL": f"smtp+plain://127.0.0.1:{mailbox.port}",
        "MAIL_FROM": "Whyscore <nps@example.com>",
        "RATE_LIMITS": "false",
    }
    for name, first, days, slow, other in (
        ("before", TODAY - timedelta(days=125), 10, 3, 57),
        ("lately", FIXED_ON - timedelta(days=40), 39, 45, 25),
    ):
        made.flask("import", str(answers(folder / f"{name}.csv", first, days, slow, other)), "--survey", "shop")
    made.flask("analyse", "--survey", "shop")
    _tell_ann(made)
    with made:
        yield made


def _tell_ann(made: Installation) -> None:
    """A channel, a rule and a digest, before anything runs."""
    given = {name: made.environment[name] for name in ("SECRET_KEY", "BASE_URL", "SMTP_URL", "MAIL_FROM")}
    data = Path(made.environment["DATA_DIR"])
    app = create_app({**given, "DATA_DIR": data, "DATABASE_URL": f"sqlite:///{data / 'whyscore.db'}"})
    with app.app_context():
        survey = surveys.get("shop")
        ann = channels.create(survey, Given(kind="email", name="Ann", address="ann@example.com"))
        alert_rules.create(survey, {"kind": "pain_point.rising"}, [ann.id])
        digest = digests.create(survey, {"name": "Every week", "cycle": "weekly"}, [])
        digests.invite(survey, digest.id, "bob@example.org")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with without_script(browser) as page:
        yield page


def mail_about(mailbox: Post, words: str) -> EmailMessage:
    """The one mail with these words in its subject."""
    wait_for(lambda: any(words in mail["Subject"] for mail in mailbox.mails), SOON)
    [mail] = [mail for mail in mailbox.mails if words in mail["Subject"]]
    return mail


def link(mail: EmailMessage, part: str) -> str:
    """The address in the text of a mail that holds this part."""
    body = mail.get_body(("plain",))
    assert body is not None
    [found] = re.findall(rf"^http\S+{part}\S+", body.get_content(), re.MULTILINE)
    return str(found)


def test_from_the_mail_to_fixed_and_to_a_clear_change(
    installation: Installation, folder: Path, mailbox: Post, page: Page
) -> None:
    mail = mail_about(mailbox, "rising: Speed up support responses")
    assert mail["To"] == "ann@example.com"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "days to answer" not in body.get_content()
    address = link(mail, "/m/act/")

    for method in ("HEAD", "GET") * 50:
        with urlopen(Request(address, method=method, headers={"Sec-Purpose": "prefetch"})) as answer:
            assert answer.status == 200
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Speed up support responses")
    expect(page.get_by_label("Status")).to_have_value("open")

    page.get_by_label("Status").select_option("fixed")
    page.get_by_label("Fixed on").fill(FIXED_ON.isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved. Thank you.")
    expect(page.get_by_text("Too early: 0 of 30 comments so far.")).to_be_visible()

    new = answers(folder / "new.csv", FIXED_ON + timedelta(days=1), 38, 2, 58)
    installation.flask("import", str(new), "--survey", "shop")
    _reload_until(page, "a clear change")

    expect(page.locator("#effect + .finding")).to_contain_text("Mentions fell from 64")
    assert len([one for one in mailbox.mails if "rising" in one["Subject"]]) == 1


def test_a_reader_without_an_account_confirms_by_a_button_and_ends_it_by_another(
    installation: Installation, mailbox: Post, page: Page
) -> None:
    mail = mail_about(mailbox, "Do you want “Every week” by mail?")
    assert mail["To"] == "bob@example.org"

    page.goto(link(mail, "/m/confirm/"))
    page.get_by_role("button", name="Yes, send it").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")

    assert "1 readers" in installation.flask("digest", "list", "--survey", "shop")


def test_the_page_of_a_link_passes_the_checker_in_every_size(
    installation: Installation, mailbox: Post, browser: Browser, axe: str
) -> None:
    address = link(mail_about(mailbox, "rising: Speed up support responses"), "/m/act/")
    for width, scheme in ((1440, "light"), (320, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, locale="en-GB"
        )  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()


def _reload_until(page: Page, words: str) -> None:
    def says() -> bool:
        page.reload()
        return page.get_by_text(words).count() > 0

    wait_for(says, SOON)
