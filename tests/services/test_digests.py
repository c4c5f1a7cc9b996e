"""Digests on a real database: the six parts, who gets them, once for each period."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Channel, Delivery, Digest, PainPoint, Survey
from app.models.transaction import writing
from app.services import alert_rules, digesting, digests, rounds
from tests import rows
from tests.rows import Raised, Said
from tests.services.telling import DAY, answers, channel, told

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = date(2026, 11, 16)
TITLES = ["SCORE", "ANSWERS", "WHAT TO FIX FIRST", "NEW, RISING, FIXED", "UNDER WAY"]


@pytest.fixture
def survey(app: Flask) -> Survey:
    with time_machine.travel(datetime(2026, 11, 10, 12, tzinfo=UTC), tick=False):
        return rows.survey()


def weekly(survey: Survey, *channels: Channel, **values: Any) -> Digest:
    with time_machine.travel(datetime(2026, 11, 17, 12, tzinfo=UTC), tick=False):
        return digests.create(survey, {"name": "Weekly", "cycle": "weekly", **values}, [one.id for one in channels])


def people(survey: Survey) -> None:
    """The people of V5, all in one week, with somebody's words that want to be more."""
    rows.store(survey, rows.v5(datetime(2026, 11, 18, 12, tzinfo=UTC)))


def text(notice: Any) -> str:
    return "\n\n".join(notice.lines).replace("\u00a0", " ")


def test_a_digest_has_all_its_parts_in_text_and_html_and_no_picture(survey: Survey) -> None:
    people(survey)
    weekly(survey, channel(survey))

    assert rounds.go(MONDAY) == 1
    [(address, notice)] = told()

    assert address == "team@example.com"
    assert notice.title == "Shop: NPS +21, Nov 16, 2026 to Nov 22, 2026"
    assert [line.split("\n")[0] for line in notice.lines[1:]] == TITLES
    assert "NPS +21 (95 % sure: +12 to +30), 330 answers." in text(notice)
    assert "Promoters 45 %, passives 30 %, detractors 24 %." in text(notice)
    assert "330 answers, 100 % with a comment." in text(notice)
    first = "1. Speed up support responses: 52 of 180 passives and detractors raise it, in both groups about alike."
    assert f"{first} Costs 13.3 points." in text(notice)
    assert "No pain point is new.\n- No pain point is rising.\n- No fix is measured." in text(notice)
    assert "Nothing is overdue." in text(notice)
    assert notice.links == [["Open the report", "http://localhost/surveys/shop/report?from=2026-11-16&to=2026-11-22"]]
    for word in ("Speed up support responses", "Open the report", "Unsubscribe", notice.unsubscribe):
        assert word in notice.html
    for word in ("<img", "<script", "style=", "http-equiv", "src="):
        assert word not in notice.html


def test_an_empty_period_is_said_in_one_line(survey: Survey) -> None:
    weekly(survey, channel(survey))

    rounds.go(MONDAY)

    [(_, notice)] = told()
    assert notice.title == "Shop: 0 answers, Nov 16, 2026 to Nov 22, 2026"
    assert notice.lines[1] == "SCORE\n- No answers from Nov 16, 2026 to Nov 22, 2026."
    assert len(notice.lines) == 3


@pytest.mark.parametrize("allowed", [True, False])
def test_comments_are_in_it_only_where_the_survey_allows_them_and_they_are_text(survey: Survey, allowed: bool) -> None:
    comment = "Support took four days <script>alert(1)</script>\r\nBcc: eve@example.com"
    at = datetime(2026, 11, 18, 12, tzinfo=UTC)
    rows.store(survey, [Said(3, comment, [Raised("support", "Support took four days")], at)] * 40)
    with writing():
        survey.comments_in_mail = allowed
    weekly(survey, channel(survey))

    rounds.go(MONDAY)

    [(_, notice)] = told()
    assert ("four days" in text(notice)) == allowed
    assert ("&lt;script&gt;alert(1)" in notice.html) == allowed
    assert "<script" not in notice.html
    assert "four days" not in notice.title + notice.body.decode()


def test_a_department_gets_its_own_pain_points_only(survey: Survey) -> None:
    people(survey)
    with writing() as session:
        session.scalars(sa.select(PainPoint).filter_by(key="crashes")).one().department = "Platform"
    weekly(survey, channel(survey), department="Platform")

    rounds.go(MONDAY)

    [(_, notice)] = told()
    assert "Fix crashes and errors" in text(notice)
    assert "Speed up support" not in text(notice)


def test_a_filter_narrows_all_of_it(survey: Survey) -> None:
    at = datetime(2026, 11, 18, 12, tzinfo=UTC)
    rows.store(survey, answers((6, 0, 1), at.date(), touchpoint="checkout"))
    rows.store(survey, answers((0, 0, 9), at.date()))
    weekly(survey, channel(survey), query="touchpoint=checkout")

    rounds.go(MONDAY)

    [(_, notice)] = told()
    assert "NPS +71" in notice.title
    assert notice.links[0][1].endswith("?from=2026-11-16&to=2026-11-22&touchpoint=checkout")


def test_what_is_under_way_is_named(survey: Survey) -> None:
    people(survey)
    with writing() as session:
        points = {point.key: point for point in session.scalars(sa.select(PainPoint))}
        points["support"].due_on, points["support"].owner = MONDAY.date() - DAY, "Ann"
        points["pricing"].due_on, points["pricing"].status = MONDAY.date() + 6 * DAY, "planned"
        points["crashes"].due_on, points["crashes"].status = MONDAY.date() - DAY, "won't do"
        points["onboarding"].due_on = MONDAY.date() + 7 * DAY
    weekly(survey, channel(survey))

    rounds.go(MONDAY)

    under_way = text(told()[0][1]).split("UNDER WAY\n")[1]
    assert under_way == (
        "- Overdue: Speed up support responses.\n"
        "- Due this week: Lower or clarify pricing.\n"
        "- Without owner: Lower or clarify pricing, Simplify onboarding."
    )


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-11-17T12:00", 0),
        ("2026-11-22T23:00", 0),
        ("2026-11-23T06:59", 0),
        ("2026-11-23T07:00", 1),
        ("2026-11-25T07:00", 1),
        ("2026-12-14T09:00", 1),
    ],
)
def test_a_weekly_digest_comes_when_a_week_is_over_and_missed_weeks_are_one(
    survey: Survey, moment: str, sent: int
) -> None:
    weekly(survey, channel(survey))
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert [rounds.go(at), rounds.go(at + timedelta(seconds=30))] == [sent, 0]


def test_seven_o_clock_is_that_of_the_survey(app: Flask) -> None:
    survey = rows.survey(timezone="America/New_York")
    weekly(survey, channel(survey))

    assert [rounds.go(datetime(2026, 11, 23, hour, tzinfo=UTC)) for hour in (8, 11, 12)] == [0, 0, 1]


def test_two_runners_send_it_once(app: Flask, survey: Survey) -> None:
    weekly(survey, channel(survey), channel(survey, "https://hooks.example/x", "webhook"))
    db.session.rollback()

    def runner(_number: int) -> int:
        with app.app_context():
            return rounds.go(MONDAY)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(runner, range(4))) == 2

    assert len(told()) == 2


def test_one_that_is_off_is_not_sent(survey: Survey) -> None:
    team = channel(survey)
    digest = weekly(survey, team)

    digests.change(survey, digest.id, {"is_on": False}, [team.id])

    assert rounds.go(MONDAY) == 0


def test_whoever_was_asked_gets_nothing_before_they_confirm_and_nothing_after_they_ended_it(survey: Survey) -> None:
    digest = weekly(survey)
    with time_machine.travel(datetime(2026, 11, 17, 12, tzinfo=UTC), tick=False):
        assert digests.invite(survey, digest.id, "Bob@example.org")
        assert not digests.invite(survey, digest.id, "bob@example.org")
    [(address, notice)] = told()
    assert (address, notice.type) == ("Bob@example.org", "digest.invitation")
    assert "/m/confirm/" in notice.links[0][1]
    [(reader, _)] = digests.readers_of(digest)

    assert rounds.go(MONDAY) == 0
    digests.confirm(digest.id, reader.id)
    assert rounds.go(MONDAY + 7 * DAY) == 1
    digests.end(digest.id, reader.id)
    assert rounds.go(MONDAY + 14 * DAY) == 0
    with pytest.raises(NotFound):
        digests.confirm(digest.id, reader.id)


def test_a_reader_who_was_asked_is_no_channel_for_alerts_and_stays_when_the_digest_is_changed(survey: Survey) -> None:
    digest = weekly(survey)
    digests.invite(survey, digest.id, "bob@example.org")

    digests.change(survey, digest.id, {"name": "Other"}, [])

    assert alert_rules.channel_names(survey) == {}
    assert [channel.address for channel, _ in digests.readers_of(digest)] == ["bob@example.org"]


@pytest.mark.parametrize("email", ["", "bob", "bob@example.org\nBcc: eve@example.org", "a b@example.org", "@x"])
def test_only_an_address_can_be_asked(survey: Survey, email: str) -> None:
    digest = weekly(survey)

    with pytest.raises(Invalid) as refused:
        digests.invite(survey, digest.id, email)

    assert "email" in refused.value.errors
    assert told() == []


def test_without_a_mail_server_nobody_can_be_asked(app: Flask, survey: Survey) -> None:
    digest = weekly(survey)
    app.config["SMTP_URL"] = ""

    with pytest.raises(Invalid, match="SMTP_URL"):
        digests.invite(survey, digest.id, "bob@example.org")

    assert digests.readers_of(digest) == []


def left_by_a_reader(survey: Survey, digest: Digest, team: Channel) -> None:
    digests.end(digest.id, team.id)


def left_to_others(survey: Survey, digest: Digest, _team: Channel) -> None:
    digests.change(survey, digest.id, {}, [])


def removed(survey: Survey, digest: Digest, _team: Channel) -> None:
    digests.remove(survey, digest.id)


@pytest.mark.parametrize("leave", [left_by_a_reader, left_to_others, removed])
@pytest.mark.parametrize(("state", "then"), [("due", "cancelled"), ("parked", "cancelled"), ("done", "done")])
def test_what_of_an_ended_digest_is_still_on_its_way_is_not_sent(
    survey: Survey, leave: Callable[[Survey, Digest, Channel], None], state: str, then: str
) -> None:
    team = channel(survey)
    digest = weekly(survey, team)
    weekly(survey, team, name="Another")
    rounds.go(MONDAY)
    with writing() as session:
        session.execute(sa.update(Delivery).values(state=state))

    leave(survey, digest, team)

    assert db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)).all() == [then, state]


def test_whoever_was_asked_and_then_removed_is_not_asked_any_more(survey: Survey) -> None:
    digest = weekly(survey)
    digests.invite(survey, digest.id, "bob@example.org")
    [(reader, _)] = digests.readers_of(digest)

    digests.end(digest.id, reader.id)

    assert db.session.scalars(sa.select(Delivery.state)).all() == ["cancelled"]


def test_whoever_was_removed_and_is_invited_again_on_the_same_day_is_asked_again(survey: Survey) -> None:
    digest = weekly(survey)
    digests.invite(survey, digest.id, "bob@example.org")
    [(reader, _)] = digests.readers_of(digest)
    digests.end(digest.id, reader.id)

    assert digests.invite(survey, digest.id, "bob@example.org")
    assert not digests.invite(survey, digest.id, "bob@example.org")
    assert sorted(db.session.scalars(sa.select(Delivery.state))) == ["cancelled", "due"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"cycle": "weekly"}, "name"), ({"name": "x"}, "cycle"), ({"name": "x", "cycle": "hourly"}, "cycle"),
     ({"name": "a\nb", "cycle": "daily"}, "name"), ({"name": "x", "cycle": "daily", "department": "No"}, "department")],
)  # fmt: skip
def test_a_digest_that_cannot_be_is_refused_by_field(survey: Survey, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        digests.create(survey, values, [])

    assert field in refused.value.errors


def test_a_digest_of_another_survey_is_not_there(survey: Survey) -> None:
    theirs = weekly(rows.survey("other", "Other"))

    for change in (digests.one, digests.remove):
        with pytest.raises(NotFound):
            change(survey, theirs.id)


def test_a_program_gets_where_to_read_it_and_no_html(survey: Survey) -> None:
    weekly(survey, channel(survey, "https://hooks.example/x", "webhook"))

    rounds.go(MONDAY)

    [(_, notice)] = told()
    assert notice.html is None
    assert notice.unsubscribe == ""
    assert b'"period":{"from":"2026-11-16","to":"2026-11-22"}' in notice.body


def test_the_preview_is_the_newest_issue(survey: Survey) -> None:
    people(survey)
    digest = weekly(survey)

    assert digesting.build(survey, digest, MONDAY).title.startswith("Shop: NPS +21")
    assert told() == []
