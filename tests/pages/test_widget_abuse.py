"""What looks suspicious waits in quarantine: stored with its reason, counted by nothing. Honest people pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Event, Response, Survey, now
from app.reports.filters import Filters
from app.services import loads, quarantine, reports, surveys
from tests.pages.visitor import Visitor, events, only_response, stored

HOST = "https://www.example.com"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def survey(app: Flask) -> Survey:
    return surveys.create("shop", "Acme", allowed_origins=[HOST, "https://*.example.org"])


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


@pytest.fixture
def careful(app: Flask) -> Iterator[Flask]:
    """The checks that most tests are too quick for."""
    app.config.update(LEAST_SECONDS=2.0, RATE_LIMITS=True)
    app.extensions["limiter"].store.reset()
    yield app
    app.config.update(LEAST_SECONDS=0, RATE_LIMITS=False)


def counted(survey: Survey) -> int:
    db.session.rollback()
    return int(reports.score(survey, now()).counts.n)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, None),
        ({"Origin": "null"}, None),
        ({"Origin": "null", **NAVIGATION, "Sec-Fetch-Site": "cross-site"}, None),
        ({"Origin": "http://localhost"}, None),
        ({"Origin": "https://localhost"}, None),
        ({"Origin": HOST}, None),
        ({"Origin": "https://shop.example.org"}, None),
        ({"Origin": "https://a.b.example.org"}, None),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, None),
        ({"Origin": "https://evil.example"}, "foreign-origin"),
        ({"Origin": "http://www.example.com"}, "foreign-origin"),
        ({"Origin": "https://www.example.com.evil.example"}, "foreign-origin"),
        ({"Origin": "https://example.org"}, "foreign-origin"),
        ({"Origin": "https://evilexample.org"}, "foreign-origin"),
        ({"Origin": ""}, "foreign-origin"),
        ({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, "fetch-metadata"),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, "fetch-metadata"),
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, "fetch-metadata"),
    ],
    ids=str,
)
def test_where_an_answer_comes_from_decides_whether_it_counts(
    visitor: Visitor, survey: Survey, headers: dict[str, str], reason: str | None
) -> None:
    page = visitor.opens()
    visitor.headers |= headers

    answered = visitor.sends(page, score="3")

    assert answered.status == 200
    assert (only_response().quarantine, counted(survey)) == (reason, 0 if reason else 1)


@pytest.mark.parametrize("query", [{}, {"score": "9"}], ids=["buttons", "mail link"])
def test_a_filled_trap_is_kept_waiting_and_not_dropped(visitor: Visitor, survey: Survey, query: dict[str, str]) -> None:
    page = visitor.sends(visitor.opens(**query), score="9", website="https://buy.example")

    assert page.status == 200
    assert (only_response().quarantine, counted(survey)) == ("honeypot", 0)


def test_a_trap_that_is_given_empty_first_is_still_filled(visitor: Visitor) -> None:
    page = visitor.opens()

    visitor.posts(page.action or "", {**page.fields, "score": "9", "website": ["", "https://buy.example"]})

    assert only_response().quarantine == "honeypot"


def test_the_trap_is_nothing_that_a_person_meets(visitor: Visitor) -> None:
    first = visitor.opens()
    second = visitor.sends(first, score="3")

    for page, kind in ((first, "checkbox"), (second, "text")):
        [trap] = [given for tag, given in page.tags if tag == "input" and given.get("name") == "website"]
        assert (trap["type"], trap["tabindex"]) == (kind, "-1")
        assert trap.get("autocomplete") == ("off" if kind == "text" else None)  # a checkbox takes none
        assert ("p", {"class": "trap", "aria-hidden": "true"}) in page.tags


def test_a_trap_filled_in_the_second_step_takes_the_answer_out(visitor: Visitor, survey: Survey) -> None:
    second = visitor.sends(visitor.opens(), score="3")
    assert counted(survey) == 1

    visitor.sends(second, comment="Buy gold", website="https://buy.example")

    assert (only_response().quarantine, counted(survey)) == ("honeypot", 0)
    assert stored() == [(3, "Buy gold")]


@pytest.mark.parametrize(
    ("sent", "headers", "reason"),
    [
        ({"website": "https://buy.example"}, {}, "honeypot"),
        ({}, {"Origin": "https://evil.example"}, "foreign-origin"),
        ({}, {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, "fetch-metadata"),
        ({}, {"Origin": HOST, **NAVIGATION}, None),
    ],
)
def test_a_change_by_receipt_gets_the_same_checks(
    visitor: Visitor, survey: Survey, sent: dict[str, str], headers: dict[str, str], reason: str | None
) -> None:
    thanks = visitor.sends(visitor.sends(visitor.opens(), score="3"), comment="Too slow")
    own = visitor.opens(thanks.links["See or erase my answer"])
    visitor.headers.update(headers)

    visitor.sends(own, score="10", comment="Buy gold", **sent)

    assert (only_response().quarantine, counted(survey)) == (reason, 0 if reason else 1)
    assert stored() == [(10, "Buy gold")]


@pytest.mark.parametrize(("seconds", "reason"), [(0.3, "too-fast"), (1.9, "too-fast"), (3, None), (3_600, None)])
@pytest.mark.usefixtures("careful")
def test_nobody_reads_the_question_in_less_than_two_seconds(
    visitor: Visitor, survey: Survey, seconds: float, reason: str | None
) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(start, tick=False):
        page = visitor.opens()
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        visitor.sends(page, score="3")

        assert (only_response().quarantine, counted(survey)) == (reason, 0 if reason else 1)


def test_an_answer_with_a_refused_token_waits(visitor: Visitor, survey: Survey) -> None:
    visitor.sends(visitor.opens(r="ws1.k1.abc.def"), score="3")

    assert (only_response().mark, only_response().quarantine) == ("token refused", "token-refused")
    assert counted(survey) == 0


def test_a_suspicious_repeat_of_an_honest_answer_changes_nothing(visitor: Visitor, survey: Survey) -> None:
    page = visitor.opens()
    visitor.sends(page, score="3")
    visitor.headers["Origin"] = "https://evil.example"

    visitor.sends(page, score="3")
    assert counted(survey) == 1

    visitor.sends(page, score="10")
    assert (only_response().quarantine, counted(survey)) == ("foreign-origin", 0)


def test_the_outbox_says_that_an_answer_does_not_count(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(), score="3", website="x")

    assert events() == 1
    assert b'"quarantine":"honeypot"' in db.session.scalars(sa.select(Event.body)).one()


def test_a_full_quarantine_turns_away_with_the_words_kept_and_lets_honest_people_pass(
    visitor: Visitor, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ROOM", 3)
    pages = [visitor.opens(score="3") for _ in range(5)]
    for page in pages[:3]:
        visitor.sends(page, comment="Buy gold", website="x")

    refused = visitor.sends(pages[3], comment="Buy silver", website="x")
    again = visitor.sends(pages[0], comment="Buy gold", website="x")
    honest = visitor.sends(pages[4], comment="Support is slow")

    assert (refused.status, refused.words) == (429, "Buy silver")
    assert (again.status, honest.status) == (200, 200)
    assert [comment for _, comment in stored()] == ["Buy gold"] * 3 + ["Support is slow"]
    assert counted(survey) == 1
    loads.flush()
    assert quarantine.turned_away(survey) == 1


def test_a_quarantine_that_was_full_yesterday_has_room_today(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "ROOM", 1)
    start = datetime.now(UTC)

    statuses = []
    for hours in (0, 23, 25):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            statuses.append(visitor.sends(visitor.opens(), score="3", website="x").status)

    assert statuses == [200, 429, 200]


@pytest.mark.usefixtures("careful")
def test_two_hundred_people_behind_one_address_all_count(client: FlaskClient, survey: Survey) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    for number in range(200):  # one every eighteen seconds: an hour; each opens, reads, answers and explains
        at = start + timedelta(seconds=18 * number)
        person = Visitor(client, headers={"Accept-Language": "en", "Origin": "null", **NAVIGATION})
        with time_machine.travel(at, tick=False):
            page = person.opens()
        with time_machine.travel(at + timedelta(seconds=5), tick=False):
            second = person.sends(page, score=str(number % 11))
        with time_machine.travel(at + timedelta(seconds=15), tick=False):
            assert person.sends(second, comment=f"Reason {number}", do="send").status == 200

    db.session.rollback()
    reasons = db.session.execute(sa.select(Response.quarantine, sa.func.count()).group_by(Response.quarantine)).all()
    assert [tuple(row) for row in reasons] == [(None, 200)]
    assert counted(survey) == 200


def test_analysis_reads_and_counts_nothing_that_waits(visitor: Visitor, survey: Survey) -> None:
    visitor.sends(visitor.opens(score="3"), comment="Buy gold now", website="x")
    visitor.sends(visitor.opens(score="4"), comment="Support is slow")

    report = reports.build(survey, Filters(), now())

    assert (report.score.counts.n, report.analysis.pending, report.comments.n) == (1, 1, 1)
