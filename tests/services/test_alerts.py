"""Rules on a real database: what fires, what does not, and that nothing fires twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Alert, Case, Channel, Delivery, NoticeAnswer, PainPoint, Response, Survey, User
from app.models.transaction import writing
from app.services import alert_checks, alert_rules, erasure, surveys, users
from tests import rows
from tests.rows import Raised, Said
from tests.services.telling import DAY, NOON, answers, channel, rule, run, titles, told

TODAY = NOON.date()
NOW28, BEFORE28 = TODAY - 10 * DAY, TODAY - 40 * DAY


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def team(survey: Survey) -> Channel:
    return channel(survey)


def dropped(survey: Survey) -> None:
    rows.store(survey, [*answers((60, 30, 10), BEFORE28), *answers((30, 30, 40), NOW28)])


def test_a_drop_is_told_once_with_numbers_and_a_link_to_its_days(survey: Survey, team: Channel) -> None:
    dropped(survey)
    rule(survey, "nps.dropped", team)

    assert [run(NOON), run(NOON + timedelta(hours=1))] == [1, 0]
    [(address, notice)] = told()

    assert address == "team@example.com"
    assert notice.title == "Shop: NPS fell from +50 to −10"
    assert "NPS −10 (−26 to +6, 100 answers) from Oct 26, 2026 to Nov 22, 2026, after +50" in notice.lines[0]
    assert notice.links == [["Open the report", "http://localhost/surveys/shop/report?from=2026-10-26&to=2026-11-22"]]


def test_after_a_drop_the_rule_rests_for_28_days(survey: Survey, team: Channel) -> None:
    dropped(survey)
    rule(survey, "nps.dropped", team)
    sent = [run(NOON)]
    rows.store(survey, [*answers((60, 30, 10), TODAY - 5 * DAY), *answers((0, 0, 90), TODAY + 20 * DAY)])

    sent += [run(NOON + days * DAY) for days in range(1, 32)]

    assert [day for day, number in enumerate(sent) if number] == [0, 28]


@pytest.mark.parametrize(
    ("before", "now", "query", "why"),
    [
        ((60, 30, 10), (6, 3, 3), "", "12 of 30 answers"),
        ((), (), "", "0 of 30 answers"),
        ((60, 30, 10), (60, 30, 10), "", "the NPS has not fallen (0)"),
        ((50, 30, 20), (40, 30, 30), "", "−20 points may be chance (p 0.08, needed below .01)"),
        ((60, 30, 10), (30, 30, 40), "attr.plan=team", "0 of 30 answers"),
        ((60, 30, 10), (30, 30, 40), "", "−60 points, a clear change"),
    ],
)
def test_the_preview_says_why_a_drop_is_told_or_not(
    survey: Survey, team: Channel, before: Any, now: Any, query: str, why: str
) -> None:
    if before:
        rows.store(survey, [*answers(before, BEFORE28), *answers(now, NOW28)])
    made = rule(survey, "nps.dropped", team, query=query)

    found = alert_checks.preview(survey, made, NOON)

    assert found.why == why
    assert bool(found.news) == why.endswith("clear change")
    assert told() == []


def test_missed_days_are_no_storm(survey: Survey, team: Channel) -> None:
    dropped(survey)
    rule(survey, "nps.dropped", team)
    rule(survey, "survey.quiet", team)

    assert run(NOON + 4 * DAY) == 2
    assert run(NOON + 5 * DAY) == 0


def test_two_runners_tell_once(app: Flask, survey: Survey, team: Channel) -> None:
    dropped(survey)
    rule(survey, "nps.dropped", team)
    db.session.rollback()

    def runner(_number: int) -> int:
        with app.app_context():
            return run(NOON)

    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(runner, range(4)))

    assert sent == len(told()) == 1


def test_a_rule_that_is_off_is_not_checked_and_tells_nothing_that_waited(survey: Survey, team: Channel) -> None:
    dropped(survey)
    made = rule(survey, "nps.dropped", team, quiet_from=8, quiet_to=20)
    assert run(NOON) == 0

    alert_rules.change(survey, made.id, {"is_on": False}, [team.id])

    assert run(NOON + timedelta(hours=10)) == 0
    alert_rules.change(survey, made.id, {"is_on": True}, [team.id])
    assert run(NOON + timedelta(hours=10)) == 0


def test_what_was_told_long_ago_is_let_go_without_being_told_again(survey: Survey, team: Channel) -> None:
    rows.store(survey, answers((40, 0, 0), TODAY - 10 * DAY))
    rule(survey, "survey.quiet", team)
    rule(survey, "detractor.arrived", team)
    rows.store(survey, [Said(3, "Too slow", at=NOON, more={"source": "widget"})])
    sent = run(NOON + timedelta(minutes=1))

    later = NOON + 70 * DAY
    with writing() as session:
        alert_checks.tidy(later)
        kept = session.scalars(sa.select(Alert.once)).all()

    assert sent == 1
    assert kept == []
    assert run(later) == 0


# Silence


@pytest.mark.parametrize(
    ("last", "before", "told_now"), [(8, 28, True), (8, 27, False), (7, 28, False), (1, 28, False), (30, 28, False)]
)
def test_a_survey_that_fell_silent_is_told(
    survey: Survey, team: Channel, last: int, before: int, told_now: bool
) -> None:
    rows.store(survey, [*answers((before - 1, 0, 0), TODAY - 20 * DAY), *answers((1, 0, 0), TODAY - last * DAY)])
    rule(survey, "survey.quiet", team)

    assert run(NOON) == told_now if last != 30 else run(NOON) == 1


def test_one_silence_is_told_once_and_the_next_one_again(survey: Survey, team: Channel) -> None:
    rows.store(survey, answers((40, 0, 0), TODAY - 10 * DAY))
    rule(survey, "survey.quiet", team)
    sent = [run(NOON + days * DAY) for days in range(5)]
    rows.store(survey, answers((40, 0, 0), TODAY + 6 * DAY))

    sent += [run(NOON + days * DAY) for days in range(5, 20)]

    assert sum(sent) == 2
    assert "The question was not shown either" in told()[0][1].lines[0]


def test_a_closed_survey_is_silent_on_purpose(survey: Survey, team: Channel) -> None:
    rows.store(survey, answers((40, 0, 0), TODAY - 10 * DAY))
    rule(survey, "survey.quiet", team)
    surveys.close("shop")

    assert run(NOON) == 0


# Detractors


def say(
    survey: Survey, number: int, at: datetime = NOON, score: int = 3, comment: str | None = "Too slow", **more: Any
) -> None:
    said = Said(score, comment, at=at, more={"source": "widget", **more})
    rows.store(survey, [said] * number)


def test_a_detractor_with_a_comment_is_told_at_once_and_only_once(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 1, touchpoint="checkout")

    assert [run(NOON + timedelta(seconds=5)), run(NOON + timedelta(hours=2))] == [1, 0]
    [(_, notice)] = told()
    assert notice.title == "Shop: a detractor gave 3"
    assert notice.lines == ["Score 3, with a comment, Nov 23, 2026, 12:00 UTC (checkout, English)."]
    assert notice.links[0][1].endswith("/surveys/shop/report?from=2026-11-23&to=2026-11-23&group=detractor")


def test_a_detractor_whose_answer_opened_a_case_is_told_with_a_link_to_it(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 1)
    with writing() as session:
        session.add(Case(survey_id=survey.id, response_id=session.scalars(sa.select(Response.id)).one()))

    run(NOON + timedelta(minutes=1))

    [(_, notice)] = told()
    assert [text for text, _ in notice.links] == ["Say what is done in case 1", "Open case 1", "Open the report"]


def test_a_score_without_a_comment_is_told_after_ten_minutes(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 1, comment=None)

    assert [run(NOON + timedelta(minutes=minutes)) for minutes in (1, 9, 10, 30)] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ({"score": 7}, {}),
        ({"counts": False, "quarantine": "too-fast"}, {}),
        ({"source": "import"}, {}),
        ({"score": 5}, {"threshold": 4}),
        ({}, {"query": "touchpoint=checkout"}),
        ({}, {"department": "Support"}),
        ({"at": NOON - 2 * DAY}, {}),
    ],
    ids=["raised meanwhile", "quarantined", "from a file", "above the threshold", "filtered", "not theirs", "old"],
)
def test_not_every_answer_is_a_detractor_to_tell(
    survey: Survey, team: Channel, said: dict[str, Any], values: dict[str, Any]
) -> None:
    rows.store(survey, [])
    with writing() as session:
        session.scalars(sa.select(PainPoint).filter_by(key="support")).one().department = "Support"
    rule(survey, "detractor.arrived", team, **values)
    say(survey, 1, **said)

    assert run(NOON + timedelta(hours=1)) == 0


def test_a_department_hears_of_detractors_who_raise_its_pain_points(survey: Survey, team: Channel) -> None:
    comment = rows.WORDS["support"]
    rows.store(survey, [Said(2, comment, [Raised("support", comment)], NOON, more={"source": "widget"})])
    with writing() as session:
        session.scalars(sa.select(PainPoint).filter_by(key="support")).one().department = "Support"
    rule(survey, "detractor.arrived", team, department="Support")

    assert run(NOON + timedelta(minutes=1)) == 1


def test_a_score_that_was_raised_within_the_ten_minutes_is_not_told(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 1, comment=None)
    assert run(NOON + timedelta(minutes=5)) == 0
    with writing() as session:
        session.execute(sa.update(Response).values(score=9))

    assert run(NOON + timedelta(minutes=20)) == 0


def test_an_hour_has_ten_messages_at_most_and_the_last_takes_the_rest(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 25)

    assert run(NOON + timedelta(minutes=1)) == 10
    assert titles()[:2] == ["Shop: a detractor gave 3"] * 2
    assert titles()[9] == "Shop: 16 detractors answered"
    say(survey, 4, NOON + timedelta(minutes=2))
    assert [run(NOON + timedelta(minutes=minutes)) for minutes in (3, 30, 60)] == [0, 0, 0]
    assert run(NOON + timedelta(minutes=62)) == 4


def test_what_falls_into_quiet_hours_is_told_together_at_their_end(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team, quiet_from=11, quiet_to=14)
    for minutes in range(3):
        say(survey, 1, NOON + timedelta(minutes=minutes))
        assert run(NOON + timedelta(minutes=minutes, seconds=1)) == 0

    assert run(NOON + timedelta(hours=2)) == 1
    assert titles() == ["Shop: 3 detractors answered"]


@pytest.mark.parametrize(
    "values", [{"counts": False, "quarantine": "too-fast"}, {"score": 9}], ids=["quarantined", "raised"]
)
def test_what_changed_in_quiet_hours_is_not_told_at_their_end(
    survey: Survey, team: Channel, values: dict[str, Any]
) -> None:
    rule(survey, "detractor.arrived", team, quiet_from=11, quiet_to=14)
    say(survey, 2)
    run(NOON + timedelta(minutes=1))
    with writing() as session:
        session.execute(sa.update(Response).where(Response.id == 1).values(values))

    assert run(NOON + timedelta(hours=2)) == 1
    assert titles() == ["Shop: a detractor gave 3"]


def test_what_changed_while_the_hour_was_full_is_not_told_after_it(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 11)
    run(NOON + timedelta(minutes=1))
    say(survey, 2, NOON + timedelta(minutes=2))
    assert run(NOON + timedelta(minutes=3)) == 0
    with writing() as session:
        session.execute(sa.update(Response).where(Response.id > 12).values(counts=False, quarantine="too-fast"))

    assert run(NOON + timedelta(minutes=62)) == 1


def test_comments_stay_at_home_unless_the_survey_lets_them_out(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team)
    say(survey, 1, comment="Too slow\r\nBcc: eve@example.com <script>")
    run(NOON + timedelta(minutes=1))
    assert "slow" not in str([(n.title, n.lines, n.body) for _, n in told()])

    with writing():
        survey.comments_in_mail = True
    say(survey, 1, NOON + timedelta(minutes=5), comment="Too slow\r\nBcc: eve@example.com <script>")
    run(NOON + timedelta(minutes=6))

    _, notice = told()[-1]
    assert "Too slow" in notice.lines[1]
    assert "slow" not in notice.title + notice.body.decode()


def test_an_erased_answer_is_in_no_alert_any_more(survey: Survey, team: Channel) -> None:
    with writing():
        survey.comments_in_mail = True
    rule(survey, "detractor.arrived", team)
    say(survey, 1)
    run(NOON + timedelta(minutes=1))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NoticeAnswer)) == 1

    with writing() as session:
        session.execute(sa.delete(Response))

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Alert)) == 0


def test_an_alert_about_an_erased_answer_is_emptied_though_it_quotes_nothing(survey: Survey, team: Channel) -> None:
    rule(survey, "detractor.arrived", team, quiet_from=11, quiet_to=14)
    say(survey, 25)
    run(NOON + timedelta(minutes=1))
    assert run(NOON + timedelta(hours=2)) == 1

    erasure.erase(survey.id, 25)

    [(_, notice)] = told()
    assert (notice.title, notice.lines, notice.body) == ("", [], b"")
    assert db.session.scalars(sa.select(Delivery.state)).all() == ["cancelled"]


def test_a_handful_in_a_narrow_view_is_not_quoted(survey: Survey, team: Channel) -> None:
    with writing():
        survey.comments_in_mail = True
    rule(survey, "detractor.arrived", team, query="touchpoint=checkout")
    say(survey, 1, touchpoint="checkout")

    assert run(NOON + timedelta(minutes=1)) == 1
    assert "Too slow" not in str(told()[0][1].lines)


# Pain points


def raise_(survey: Survey, point: str | None, day: date, times: int, others: int) -> None:
    """So many detractors who raise it on a day, among others who say something else."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=NOON.tzinfo)
    comment = rows.WORDS[point or "support"]
    raised = [Said(3, comment, [Raised(point, comment)], at)] * times
    rows.store(survey, [*raised, *[Said(3, "It does what it should", at=at)] * others])


def test_a_rising_pain_point_is_told_and_again_only_after_two_weeks_without(survey: Survey, team: Channel) -> None:
    raise_(survey, "support", TODAY - 100 * DAY, 5, 95)
    raise_(survey, "support", TODAY - 10 * DAY, 40, 60)
    rule(survey, "pain_point.rising", team)

    sent = [run(NOON + days * DAY) for days in range(0, 15)]

    assert sent == [1] + [0] * 14
    [(_, notice)] = told()
    assert notice.title == "Shop: rising: Speed up support responses"
    assert "40 of 100 passives and detractors (40 %) raise it now, 5 % in the 90 days before" in notice.lines[
        0
    ].replace("\u00a0", " ")
    texts = [text for text, _ in notice.links]
    assert texts == [
        "Say what is done about “Speed up support responses”",
        "Open “Speed up support responses”",
        "Open the report",
    ]
    assert notice.links[0][1].startswith("http://localhost/m/act/")


def test_chats_and_programs_get_no_link_that_changes_something(survey: Survey) -> None:
    raise_(survey, "support", TODAY - 100 * DAY, 5, 95)
    raise_(survey, "support", TODAY - 10 * DAY, 40, 60)
    rule(survey, "pain_point.rising", channel(survey, "https://hooks.example/x", "slack"), channel(survey))

    assert run(NOON) == 2
    by_address = {address: [link for _, link in notice.links] for address, notice in told()}
    assert not any("/m/" in link for link in by_address["https://hooks.example/x"])
    assert any("/m/act/" in link for link in by_address["team@example.com"])


def test_a_new_pain_point_is_told_once(survey: Survey, team: Channel) -> None:
    raise_(survey, None, TODAY - 100 * DAY, 0, 40)
    raise_(survey, "crashes", TODAY - 10 * DAY, 3, 40)
    rule(survey, "pain_point.new", team)

    assert [run(NOON + days * DAY) for days in range(3)] == [1, 0, 0]
    assert titles() == ["Shop: new: Fix crashes and errors"]


@pytest.mark.parametrize(("department", "number"), [("Support", 0), ("Platform", 1)])
def test_a_department_hears_of_its_own_pain_points_only(
    survey: Survey, team: Channel, department: str, number: int
) -> None:
    raise_(survey, None, TODAY - 100 * DAY, 0, 40)
    raise_(survey, "crashes", TODAY - 10 * DAY, 3, 40)
    with writing() as session:
        session.scalars(sa.select(PainPoint).filter_by(key="crashes")).one().department = "Platform"
        session.scalars(sa.select(PainPoint).filter_by(key="support")).one().department = "Support"
    rule(survey, "pain_point.new", team, department=department)

    assert run(NOON) == number


def test_what_is_due_is_told_to_its_owner_once_the_day_before_and_once_overdue(survey: Survey, team: Channel) -> None:
    users.join(users.create("ann@example.com", "correct horse battery"), survey, "editor")
    rows.store(survey, [])
    with writing() as session:
        point = session.scalars(sa.select(PainPoint).filter_by(key="support")).one()
        point.owner, point.due_on = "ann@example.com", TODAY + 2 * DAY
    rule(survey, "pain_point.due", team)

    sent = [run(NOON + days * DAY) for days in range(6)]

    assert sent == [0, 2, 0, 2, 0, 0]
    assert [address for address, _ in told()] == ["team@example.com", "ann@example.com"] * 2
    assert titles()[::2] == [
        "Shop: due tomorrow: Speed up support responses",
        "Shop: overdue: Speed up support responses",
    ]


def test_an_owner_who_may_not_see_the_survey_gets_no_mail(survey: Survey) -> None:
    users.create("eve@example.com", "correct horse battery")
    rows.store(survey, [])
    with writing() as session:
        point = session.scalars(sa.select(PainPoint).filter_by(key="support")).one()
        point.owner, point.due_on = "eve@example.com", TODAY - DAY
    rule(survey, "pain_point.due")

    assert run(NOON) == 0
    assert told() == []


def test_without_a_mail_server_no_channel_is_made_for_an_owner(app: Flask, survey: Survey) -> None:
    app.config["SMTP_URL"] = ""
    users.join(users.create("ann@example.com", "correct horse battery"), survey, "editor")
    rows.store(survey, [])
    with writing() as session:
        point = session.scalars(sa.select(PainPoint).filter_by(key="support")).one()
        point.owner, point.due_on = "ann@example.com", TODAY - DAY
    rule(survey, "pain_point.due")

    assert run(NOON) == 0
    assert db.session.scalars(sa.select(Channel)).all() == []


# Cases


def late(survey: Survey, assignee: str | None = None, **more: Any) -> Case:
    """A case that was due yesterday."""
    rows.store(survey, [Said(2, "Too slow", at=NOON - 5 * DAY, more={"source": "widget", **more})])
    with writing() as session:
        response = session.scalars(sa.select(Response).order_by(Response.id.desc()).limit(1)).one()
        user = session.scalar(sa.select(User).where(User.email == assignee))
        made = Case(survey_id=survey.id, response_id=response.id, due_on=TODAY - DAY, opened_at=NOON - 5 * DAY)
        made.assignee_id = user.id if user else None
        session.add(made)
    return made


def test_an_overdue_case_is_told_once_also_to_whom_it_is_assigned(survey: Survey, team: Channel) -> None:
    users.join(users.create("ann@example.com", "correct horse battery"), survey, "editor")
    case = late(survey, "ann@example.com")
    rule(survey, "case.overdue", team)

    assert [run(NOON + days * DAY) for days in range(3)] == [2, 0, 0]
    assert [address for address, _ in told()] == ["team@example.com", "ann@example.com"]
    _, notice = told()[0]
    assert notice.title == "Shop: a case is overdue"
    assert notice.lines == ["A case with score 2 waits since Nov 18, 2026. Owner: ann@example.com."]
    assert "/m/case/" in notice.links[0][1]
    assert [link for _, link in notice.links[1:]] == [
        f"http://localhost/surveys/shop/cases/{case.id}",
        "http://localhost/surveys/shop/cases?overdue=1",
    ]


@pytest.mark.parametrize(
    ("values", "closed"), [({}, True), ({"query": "touchpoint=checkout"}, False), ({"department": "Support"}, False)]
)
def test_a_closed_case_and_one_of_others_is_not_told(
    survey: Survey, team: Channel, values: dict[str, Any], closed: bool
) -> None:
    with writing() as session:
        session.add(PainPoint(survey_id=survey.id, key="x", origin="manual", department="Support"))
    case = late(survey)
    if closed:
        with writing():
            case.state, case.reason, case.closed_at = "closed", "solved", NOON
    rule(survey, "case.overdue", team, **values)

    assert run(NOON) == 0


def test_a_case_of_an_answer_that_no_longer_counts_is_not_told_after_quiet_hours(survey: Survey, team: Channel) -> None:
    late(survey)
    rule(survey, "case.overdue", team, quiet_from=11, quiet_to=14)
    assert run(NOON) == 0
    with writing() as session:
        session.execute(sa.update(Response).values(counts=False, quarantine="too-fast"))

    assert run(NOON + timedelta(hours=2)) == 0


# Rules


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({}, "kind"),
        ({"kind": "nps.dropped", "cooldown_days": "x"}, "cooldown_days"),
        ({"kind": "nps.dropped", "cooldown_days": "-1"}, "cooldown_days"),
        ({"kind": "detractor.arrived", "threshold": "7"}, "threshold"),
        ({"kind": "nps.dropped", "quiet_from": "24", "quiet_to": "7"}, "quiet_from"),
        ({"kind": "nps.dropped", "quiet_from": "22"}, "quiet_from"),
        ({"kind": "nps.dropped", "department": "Nobody"}, "department"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_field(survey: Survey, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        alert_rules.create(survey, values, [])

    assert field in refused.value.errors


def test_a_rule_tells_only_to_channels_of_its_own_survey(survey: Survey) -> None:
    other = channel(rows.survey("other", "Other"))

    with pytest.raises(Invalid) as refused:
        alert_rules.create(survey, {"kind": "nps.dropped"}, [other.id])

    assert "channels" in refused.value.errors


def test_a_rule_of_another_survey_is_not_there(survey: Survey) -> None:
    theirs = rule(rows.survey("other", "Other"), "nps.dropped")

    changes: list[Callable[[], object]] = [
        lambda: alert_rules.one(survey, theirs.id),
        lambda: alert_rules.change(survey, theirs.id, {"is_on": False}, []),
        lambda: alert_rules.remove(survey, theirs.id),
    ]
    for change in changes:
        with pytest.raises(NotFound):
            change()


def test_the_usual_rules_are_made_once(survey: Survey, team: Channel) -> None:
    assert alert_rules.start(survey, [team.id]) == 7
    assert alert_rules.start(survey, [team.id]) == 0


def test_a_filter_that_matches_nothing_in_ninety_days_is_known(survey: Survey) -> None:
    rows.store(survey, [replace(said, more={"attributes": {"plan": "pro"}}) for said in answers((3, 0, 1), NOW28)])

    found = [
        alert_rules.matches(survey, query, NOON) for query in ("", "attr.plan=pro", "attr.plan=team", "group=detractor")
    ]

    assert found == [4, 4, 0, 1]
