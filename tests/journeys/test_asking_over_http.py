"""A host, a person and a team over HTTP alone: whose turn it is, question, answer, report and quarantine."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.extensions import db
from app.models import SigningKey
from app.models.transaction import writing
from app.services import keys, surveys
from tests.journeys.site import Site
from tests.pages.reading import Page
from tests.security.signing import SECRET, respondent_token

PATIENCE = 10.0


@pytest.fixture
def careful(tmp_path: Path) -> Iterator[Site]:
    """A site with the checks that operators have."""
    with Site(tmp_path, LEAST_SECONDS="0.5", RATE_LIMITS="true") as site:
        yield site


class Shop:
    """A host's server, and its customers' browsers."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.inside():
            survey = surveys.create("shop", "Shop")
            with writing() as session:
                session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
            self.key = keys.create(survey, "shop backend")

    def asks(self, path: str, body: Any = None) -> Any:
        """A request of the server with its key."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.site.url}/api/v1/surveys/shop/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def turn(self, person: str) -> tuple[bool, str | None]:
        told = self.asks(f"eligibility?respondent={person}")
        return told["eligible"], told["reason"]

    def opens(self, person: str | None = None) -> Page:
        """A customer's frame."""
        at = int(time.time())
        claims = {"aud": self.site.url, "survey": "shop", "sub": person, "iat": at, "exp": at + 600}
        query = "?" + urlencode({"r": respondent_token(claims)}) if person else ""
        return self.loads(f"/w/shop{query}")

    def presses(self, page: Page, **fields: str) -> Page:
        return self.loads(page.action or "", urlencode(page.fields | fields).encode())

    def loads(self, path: str, body: bytes | None = None) -> Page:
        with urllib.request.urlopen(self.site.url + path, body, timeout=20) as answer:
            return Page(answer.read().decode(), answer.status)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it comes true within seconds."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_from_whose_turn_it_is_to_what_counts(careful: Site) -> None:
    shop = Shop(careful)
    assert shop.turn("user-1") == (True, None)

    first, passer_by, robot = shop.opens("user-1"), shop.opens(), shop.opens()
    shop.presses(robot, score="10", website="https://buy.example")
    time.sleep(0.6)  # a person reads
    second = shop.presses(first, score="3")
    assert second.heading == "Your score 3 is saved."
    shop.presses(second, comment="Support takes days", do="send")
    assert passer_by.status == 200

    assert shop.turn("user-1") == (False, "answered")
    assert soon(lambda: shop.asks("report")["asked"]["loads"] == 3)
    report = shop.asks("report")
    assert (report["nps"]["n"], report["quarantined"]) == (1, 1)
    assert report["asked"] == {
        "loads": 3, "answered": 1, "response_rate": pytest.approx(1 / 3),
        "responses": 1, "comments": 1, "comment_rate": 1,
    }  # fmt: skip
    held = shop.asks("quarantine")
    assert (held["waiting"], held["responses"][0]["score"]) == ({"honeypot": 1}, 10)

    assert shop.asks("quarantine", {"decision": "include", "reason": "honeypot"}) == {"changed": 1}
    assert shop.asks("report")["nps"]["n"] == 2


def test_loads_of_the_last_second_are_written_when_the_site_stops(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        shop = Shop(site)
        for _ in range(5):
            shop.opens("user-2")
            shop.opens()

    with site.inside(), db.engine.connect() as connection:
        loads = connection.exec_driver_sql("SELECT sum(loads) FROM load").scalar()
        shown = connection.exec_driver_sql("SELECT count(shown_at) FROM respondent").scalar()
    assert (loads, shown) == (6, 1)
