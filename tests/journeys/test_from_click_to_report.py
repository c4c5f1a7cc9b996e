"""The main job, end to end: an answer in an iframe, and what to fix first on the report."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.host import Host, snippet
from tests.journeys.installation import Installation
from tests.journeys.signing_in import without_script
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

SAID = "Support takes days to answer and the app keeps crashing"
SOON = 10.0  # seconds from the thanks to the report


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[Installation]:
    """What `make run` starts, with the demo survey, embedded by a page of another origin."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.printed = made.flask("demo", "--host-origin", host.url)  # type: ignore[attr-defined]
    with made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser without scripts; third-party cookies are blocked for all journeys."""
    with without_script(browser) as page:
        yield page


def answer(page: Page, host: Host, installation: Installation, score: int, words: str) -> None:
    """Answer in the frame on the host's page, up to the thanks."""
    site = Site.__new__(Site)
    site.url = installation.url
    page.goto(host.shows(snippet("iframe", site, "demo")))
    frame = page.frame_locator("iframe")
    page.wait_for_timeout(2_500)  # a person reads the question first; who does not waits in quarantine
    frame.get_by_role("button", name=f"{score} out of 10").click()
    frame.get_by_role("textbox").fill(words)
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("heading")).to_contain_text("Your answer has been saved")


def sign_in(page: Page, installation: Installation) -> None:
    """With what the demo printed."""
    match = re.search(r"Sign in\s+(\S+)\s+(\S+)", installation.printed)  # type: ignore[attr-defined]
    assert match
    page.goto(f"{installation.url}/surveys/demo/report")
    page.get_by_label("E-mail").fill(match[1])
    page.get_by_label("Password").fill(match[2])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{installation.url}/surveys/demo/report")


def mentions(page: Page) -> dict[str, int]:
    """Passives and detractors who raise each pain point, as the report says."""
    found = {}
    for row in page.locator("table tr.figures").all():
        number = row.locator("[data-label=Mentions]").inner_text()
        found[row.get_by_role("link").first.inner_text()] = int(re.findall(r"\d+", number)[0])
    return found


def test_one_answer_in_a_frame_stands_under_two_pain_points_within_ten_seconds(
    page: Page, host: Host, installation: Installation
) -> None:
    sign_in(page, installation)
    before = mentions(page)
    assert before["Speed up support responses"] >= 5

    answer(page, host, installation, 3, SAID)
    thanked = time.monotonic()

    support, crashes = "Speed up support responses", "Fix crashes and errors"
    expected = {support: before[support] + 1, crashes: before.get(crashes, 0) + 1}
    after: dict[str, int] = {}
    while time.monotonic() - thanked < SOON and {name: after.get(name) for name in expected} != expected:
        page.goto(f"{installation.url}/surveys/demo/report")
        after = mentions(page)
    assert {name: after.get(name) for name in expected} == expected

    for name, words in ((support, "takes days to answer"), (crashes, "the app keeps crashing")):
        page.get_by_role("link", name=name, exact=True).first.click()
        quote = page.locator("blockquote", has_text=SAID)
        expect(quote).to_have_count(1)
        marked = " ".join(quote.locator("mark").all_inner_texts())
        assert set(marked.split()) & set(words.split()), f"{name}: {marked}"
        assert not set(marked.split()) & (set(SAID.split()) - set(words.split()) - {"Support"}), f"{name}: {marked}"
        page.go_back()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Der Kundendienst braucht Tage, bis er antwortet"),
        ("it", "L'assistenza clienti risponde dopo giorni"),
        ("ru", "Служба поддержки отвечает через несколько дней"),
    ],
)
def test_slow_support_is_the_same_pain_point_in_every_language(
    page: Page, host: Host, installation: Installation, language: str, words: str
) -> None:
    answer(page, host, installation, 2, words)
    thanked = time.monotonic()

    sign_in(page, installation)
    page.goto(f"{installation.url}/surveys/demo/pain-points/support-speed")
    quote = page.locator("blockquote", has_text=words)
    while time.monotonic() - thanked < SOON and not quote.count():
        page.reload()
    expect(quote).to_have_count(1)
    expect(quote).to_have_attribute("lang", language)


def test_a_program_that_falls_is_put_up_again_and_says_so_meanwhile(installation: Installation) -> None:
    jobs = installation.children()["jobs"]

    signal.pidfd_send_signal(_open(jobs), signal.SIGKILL)

    turned_red = _wait(
        lambda: installation.readiness() == 503 or installation.children().get("jobs") not in {None, jobs}
    )
    assert turned_red
    installation.wait_until_ready()
    assert installation.children()["jobs"] != jobs


def test_ctrl_c_stops_all_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Installation(tmp_path_factory.mktemp("short")) as installation:
        numbers = list(installation.children().values())
        assert len(numbers) == 2

    assert installation.process.returncode == 0
    assert installation.readiness() == 0
    assert not installation.children()


def _open(process: int) -> int:
    import os

    return os.pidfd_open(process)


def _wait(condition: object, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False
