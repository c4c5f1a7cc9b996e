"""When the widget asks, whom, and how often it was asked: over HTTP, without a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Load, Respondent, SigningKey, Survey, load_rows, now
from app.models.transaction import writing
from app.reports.filters import Filters
from app.services import asking, housekeeping, loads, reports, surveys
from tests.pages.reading import Page
from tests.pages.visitor import Visitor, only_response, stored
from tests.security.signing import SECRET, respondent_token

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOTHING = "There is no question for you at the moment."


@dataclass
class Clock:
    """The day and hour, moved by hand."""

    at: datetime = START
    traveller: time_machine.Coordinates | None = field(default=None)

    def later(self, **more: float) -> None:
        self.at += timedelta(**more)
        assert self.traveller is not None
        self.traveller.move_to(self.at)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as traveller:
        yield Clock(traveller=traveller)


@pytest.fixture
def survey(app: Flask) -> Survey:
    return made("shop")


def made(key: str, **more: str) -> Survey:
    """A survey whose host signs its respondents."""
    survey = surveys.create(key, key.title(), **more)  # type: ignore[arg-type]
    with writing() as session:
        session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
    return survey


def proof(key: str, person: str) -> str:
    at = int(time.time())
    return respondent_token({"aud": "http://localhost", "survey": key, "sub": person, "iat": at, "exp": at + 3_600})


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def opens(visitor: Visitor, person: str | None = None, **query: str) -> Page:
    """A visit, signed if somebody is named, with what it counted written."""
    if person is not None:
        query["r"] = proof(visitor.key, person)
    page = visitor.opens(**query)
    db.session.rollback()
    loads.flush()
    return page


def is_asked(page: Page) -> bool:
    assert page.status == 200
    assert (len(page.buttons) == 11) != (page.heading == NOTHING)
    return len(page.buttons) == 11


def counted() -> int:
    return int(db.session.scalar(sa.select(sa.func.sum(Load.loads))) or 0)


def test_who_was_shown_the_question_and_did_not_answer_is_asked_again_after_ninety_days(
    visitor: Visitor, clock: Clock
) -> None:
    assert is_asked(opens(visitor, "user-1"))

    for days in (1, 30, 58.9):
        clock.later(days=days)
        assert not is_asked(opens(visitor, "user-1"))
    clock.later(days=0.2)

    assert is_asked(opens(visitor, "user-1"))
    assert (counted(), stored()) == (2, [])


def test_within_one_visit_the_question_stays_and_is_one_load(visitor: Visitor, clock: Clock) -> None:
    for _ in range(3):
        assert is_asked(opens(visitor, "user-1"))
        clock.later(minutes=9)
    assert counted() == 1

    clock.later(minutes=4)
    assert not is_asked(opens(visitor, "user-1"))


def test_a_respondent_who_comes_again_while_the_load_is_written_is_one_load(
    visitor: Visitor, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = loads.now().date()

    def write(*counted: object) -> None:
        loads.count(survey.id, day, None, "user-1")  # who read the database before this was committed
        load_rows.add(*counted)

    loads.count(survey.id, day, None, "user-1")
    with monkeypatch.context() as patched:
        patched.setattr(loads, "load_rows", SimpleNamespace(add=write, set_shown=load_rows.set_shown))
        loads.flush()
    loads.flush()

    assert counted() == 1


def test_a_form_that_was_shown_is_taken_though_nobody_would_be_asked_now(visitor: Visitor, clock: Clock) -> None:
    page = opens(visitor, "user-1")
    clock.later(hours=5)

    visitor.sends(page, score="4")

    assert stored() == [(4, None)]
    assert opens(visitor, "user-1").heading == "Thank you. Your answer has been saved."


def test_others_are_asked_meanwhile(visitor: Visitor, clock: Clock) -> None:
    opens(visitor, "user-1")
    clock.later(days=1)

    assert is_asked(opens(visitor, "user-2"))
    assert is_asked(opens(visitor))


def test_anonymous_people_are_asked_each_time_and_each_time_is_a_load(visitor: Visitor) -> None:
    for _ in range(3):
        assert is_asked(opens(visitor))

    assert (counted(), db.session.scalar(sa.select(sa.func.count()).select_from(Respondent))) == (3, 0)


def test_the_window_is_a_setting_and_at_least_a_day(visitor: Visitor, survey: Survey, clock: Clock) -> None:
    asking.configure("shop", {"resurvey_days": "7"})
    opens(visitor, "user-1")

    clock.later(days=6.9)
    assert not is_asked(opens(visitor, "user-1"))
    clock.later(days=0.2)
    assert is_asked(opens(visitor, "user-1"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
    ids=str,
)
def test_a_guess_of_the_browser_is_no_load_and_shows_nobody_anything(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.headers |= headers
    assert is_asked(opens(visitor, "user-1"))

    assert counted() == 0
    assert db.session.scalar(sa.select(Respondent)) is None


def test_neither_head_nor_a_refusal_nor_the_other_steps_are_loads(
    visitor: Visitor, client: FlaskClient, survey: Survey
) -> None:
    client.head("/w/shop")
    second = visitor.sends(visitor.opens(score="3"), comment="x" * 4_001)
    visitor.opens("/w/shop/privacy")
    surveys.close("shop")
    visitor.opens()
    db.session.rollback()
    loads.flush()

    assert (second.status, counted()) == (422, 0)


def test_a_link_in_a_mail_always_opens_and_is_no_load(visitor: Visitor, clock: Clock) -> None:
    opens(visitor, "user-1")
    clock.later(days=10)

    page = opens(visitor, "user-1", score="7")

    assert page.fields["score"] == "7"
    visitor.sends(page, do="send")
    assert (stored(), counted(), only_response().has_load) == ([(7, None)], 1, False)


def test_a_load_says_nothing_of_who_was_there(visitor: Visitor) -> None:
    opens(visitor, touchpoint="checkout")

    [row] = db.session.execute(sa.select(Load)).scalars()

    assert {column.name for column in Load.__table__.columns} == {
        "id", "survey_id", "day", "touchpoint", "loads", "turned_away",
    }  # fmt: skip
    assert (row.day, row.touchpoint, row.loads) == (START.date(), "checkout", 1)


def test_made_up_touchpoints_fill_no_table(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_rows, "TOUCHPOINTS", 3)
    for number in range(8):
        opens(visitor, touchpoint=f"made-up-{number}")

    rows = {row.touchpoint: row.loads for row in db.session.execute(sa.select(Load)).scalars()}
    assert rows == {"made-up-0": 1, "made-up-1": 1, "made-up-2": 1, "": 5}


def test_a_load_that_cannot_be_written_waits(visitor: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_rows, "add", lambda *counted: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        opens(visitor, "user-1")
    monkeypatch.undo()
    assert counted() == 0

    loads.flush()

    assert (counted(), app.extensions["pending_loads"].loads) == (1, {})


def test_what_was_counted_for_a_survey_that_is_gone_keeps_no_other_from_being_written(visitor: Visitor) -> None:
    loads.count(10**6, START.date(), None, "user-9")
    loads.turn_away(10**6, START.date())

    opens(visitor, "user-1")

    assert counted() == 1


def test_who_never_answered_is_forgotten_when_no_rule_looks_back_that_far(visitor: Visitor, clock: Clock) -> None:
    visitor.sends(opens(visitor, "answers"), score="3")
    opens(visitor, "declines")
    clock.later(days=89)
    housekeeping.tidy()
    assert people() == {"answers", "declines"}

    clock.later(days=2)
    housekeeping.tidy()

    assert people() == {"answers"}


def people() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(Respondent.subject)))


def test_a_full_day_asks_nobody_more_until_midnight_where_the_survey_is(visitor: Visitor, clock: Clock) -> None:
    made("tokyo", timezone="Asia/Tokyo")  # there it is six in the evening
    asking.configure("tokyo", {"daily_cap": 2})
    visitor.key = "tokyo"

    assert [is_asked(opens(visitor)) for _ in range(4)] == [True, True, False, False]
    clock.later(hours=5.9)
    assert not is_asked(opens(visitor))
    clock.later(hours=0.2)
    assert is_asked(opens(visitor))


def test_all_surveys_together_have_a_cap_too(visitor: Visitor, app: Flask) -> None:
    made("other")
    app.config["DAILY_CAP"] = 2
    try:
        asked = [is_asked(opens(Visitor(visitor.client, key))) for key in ("shop", "other", "shop", "other")]
    finally:
        app.config["DAILY_CAP"] = 0

    assert asked == [True, True, False, False]


def test_response_and_comment_rate_stand_in_the_report(visitor: Visitor, survey: Survey) -> None:
    pages = [opens(visitor, touchpoint="checkout" if number % 4 else "") for number in range(40)]
    for number in range(10):
        second = visitor.sends(pages[number], score="3")
        if number < 4:
            visitor.sends(second, comment=f"Slow {number}")
    db.session.rollback()

    asked = reports.build(survey, Filters(), now()).asked
    checkout = reports.build(survey, Filters(touchpoint="checkout"), now()).asked
    german = reports.build(survey, Filters(language="de"), now()).asked

    assert (asked.loads, asked.answered, asked.response_rate, asked.comment_rate) == (40, 10, 0.25, 0.4)
    assert (checkout.loads, checkout.answered) == (30, 7)
    assert (german.loads, german.response_rate) == (None, None)


def test_loads_show_in_a_report_that_was_read_before(visitor: Visitor, survey: Survey) -> None:
    visitor.sends(opens(visitor), score="3")
    db.session.rollback()
    assert reports.build(survey, Filters(), now()).asked.loads == 1

    opens(visitor)

    assert reports.build(survey, Filters(), now()).asked.loads == 2
