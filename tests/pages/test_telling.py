"""The pages of alerts and digests: what would be told now, and plain forms that change it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import AlertRule, Channel, Digest, PainPoint, Survey
from app.models.transaction import writing
from app.services import alert_rules, digests
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.services.telling import answers, channel, rule, told

BASE = "/surveys/shop"
RULE = {"kind": "nps.dropped", "language": "", "department": ""}


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    rows.store(survey, answers((6, 3, 3), yesterday, attributes={"plan": "pro"}))
    return survey


@pytest.fixture
def team(survey: Survey) -> Channel:
    return channel(survey)


@pytest.fixture
def editor(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "editor")


def send(reader: Reader, path: str, **fields: Any) -> TestResponse:
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields})


def fresh(model: Any) -> Any:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(model)).one()


def test_without_channels_and_rules_the_page_says_what_to_do(editor: Reader) -> None:
    page = editor.sees(f"{BASE}/alerts")

    assert "make a channel first" in page.text
    assert "Nothing is told yet." in page.text
    assert "Start with the usual alerts" in page.text
    assert "No digest yet." in editor.sees(f"{BASE}/digests").text


def test_one_press_makes_the_usual_alerts(survey: Survey, team: Channel, editor: Reader) -> None:
    assert send(editor, f"{BASE}/alerts/start").status_code == 303

    page = editor.sees(f"{BASE}/alerts?done=start")
    assert "7 alerts" in page.text
    assert "Made the usual alerts." in page.text
    assert "would not tell now because: 0 of 30 answers" in page.text
    assert all(list(alert_rules.channels_of(one)) == [team] for one in alert_rules.of(survey))


def test_a_rule_is_made_changed_and_removed_with_plain_forms(survey: Survey, team: Channel, editor: Reader) -> None:
    made = send(editor, f"{BASE}/alerts", **RULE, channels=str(team.id), **{"attr.plan": "pro"})
    assert made.status_code == 303
    kept = fresh(AlertRule)
    assert (kept.query, kept.cooldown_days, kept.is_on) == ("attr.plan=pro", 28, True)

    page = editor.sees(f"{BASE}/alerts/{kept.id}")
    assert "It matches 12 answers of the last 90 days." in page.text
    changed = {"cooldown_days": "40", "quiet_from": "22", "quiet_to": "7", "attr.plan": "team"}
    assert send(editor, f"{BASE}/alerts/{kept.id}", **changed).status_code == 303

    kept = fresh(AlertRule)
    values = (kept.query, kept.cooldown_days, kept.is_on, kept.quiet_from, kept.quiet_to)
    assert values == ("attr.plan=team", 40, False, 22, 7)
    assert list(alert_rules.channels_of(kept)) == []
    page = editor.sees(f"{BASE}/alerts/{kept.id}")
    assert "This filter matches no answer of the last 90 days" in page.text
    assert "Its filter matches no answer" in editor.sees(f"{BASE}/alerts").text

    assert send(editor, f"{BASE}/alerts/{kept.id}/remove").status_code == 303
    db.session.rollback()
    assert list(alert_rules.of(survey)) == []


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("alerts", {"kind": ""}, "Choose what to tell."),
        ("alerts", {"kind": "nps.dropped", "channels": "999"}, "There is no channel 999."),
        ("alerts", {"kind": "nps.dropped", "department": "Nobody"}, "There is no such department."),
        ("alerts/1", {"cooldown_days": "x"}, "Give a whole number from 0 to 365."),
        ("alerts/1", {"quiet_from": "22", "quiet_to": ""}, "Give both hours, or neither."),
        ("alerts/1", {"quiet_from": "25", "quiet_to": "7"}, "Give a whole number from 0 to 23."),
        ("digests", {"name": "", "cycle": "weekly"}, "Use 1 to 100 characters."),
        ("digests", {"name": "", "cycle": "weekly", "channels": "²"}, "Use 1 to 100 characters."),
        ("digests", {"name": "x", "cycle": "hourly"}, "Choose daily, weekly or monthly."),
        ("digests/1/invite", {"email": "bob"}, "Give an e-mail address."),
    ],
)
def test_what_is_refused_is_given_back_as_it_was_typed(
    survey: Survey, editor: Reader, path: str, fields: dict[str, str], says: str
) -> None:
    rule(survey, "nps.dropped")
    digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [])

    answer = send(editor, f"{BASE}/{path}", **fields)

    assert answer.status_code == 422
    page = sound(answer)
    assert says in page.text
    assert "Error:" in page.text
    for name, value in fields.items():
        given = [one.get("value") for tag, one in page.elements if one.get("name") == name or tag == "option"]
        assert value in given or name in {"channels", "cycle"}  # no page offers these


def test_a_digest_is_made_read_changed_and_removed(survey: Survey, team: Channel, editor: Reader) -> None:
    made = send(editor, f"{BASE}/digests", name="For <b>all</b>", cycle="daily", channels=str(team.id))
    assert made.status_code == 303
    kept = fresh(Digest)

    page = editor.sees(f"{BASE}/digests/{kept.id}")
    assert "Shop: NPS +25" in page.text
    assert "12 answers, 0 % with a comment." in page.text.replace("0 of 12", "0 %")
    assert "For <b>all</b>" in page.text
    assert told() == []
    assert send(editor, f"{BASE}/digests/{kept.id}", name="All", cycle="monthly").status_code == 303
    kept = fresh(Digest)
    assert (kept.name, kept.cycle, kept.is_on) == ("All", "monthly", False)
    assert send(editor, f"{BASE}/digests/{kept.id}/remove").status_code == 303
    db.session.rollback()
    assert list(digests.of(survey)) == []


def test_somebody_is_asked_by_mail_and_can_be_removed(survey: Survey, editor: Reader) -> None:
    digest = digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [])
    for said in ("invite", "known"):
        answer = send(editor, f"{BASE}/digests/{digest.id}/invite", email="bob@example.org")
        assert answer.headers["Location"].endswith(f"done={said}")
    assert [address for address, _ in told()] == ["bob@example.org"]
    assert "asked, not confirmed yet" in editor.sees(f"{BASE}/digests/{digest.id}").text
    [(reader, _)] = digests.readers_of(digest)

    assert send(editor, f"{BASE}/digests/{digest.id}/readers/{reader.id}/remove").status_code == 303
    db.session.rollback()
    assert list(digests.readers_of(digest)) == []


def test_only_an_administrator_lets_comments_out(app: Flask, survey: Survey, editor: Reader) -> None:
    admin = ann(app, survey, "admin", "root@example.com")

    assert "Messages may hold what people wrote" not in editor.sees(f"{BASE}/alerts").text
    assert send(editor, f"{BASE}/alerts/comments", comments_in_mail="1").status_code == 403
    assert send(admin, f"{BASE}/alerts/comments", comments_in_mail="1").status_code == 303
    assert fresh(Survey).comments_in_mail
    assert send(admin, f"{BASE}/alerts/comments").status_code == 303
    assert not fresh(Survey).comments_in_mail


PAGES = ("alerts", "alerts/1", "digests", "digests/1")
FORMS = ("alerts", "alerts/start", "alerts/1", "alerts/1/remove", "digests", "digests/1", "digests/1/remove",
         "digests/1/invite", "digests/1/readers/1/remove")  # fmt: skip


def test_viewers_may_not_and_for_other_tenants_nothing_is_there(app: Flask, survey: Survey, team: Channel) -> None:
    rule(survey, "nps.dropped", team)
    digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [team.id])
    viewer = ann(app, survey, "viewer", "vera@example.com")
    other = ann(app, rows.survey("other", "Other"), "admin", "eve@example.com")

    for reader, status in ((viewer, 403), (other, 404)):
        for path in PAGES:
            reader.sees(f"{BASE}/{path}", status)
        for path in FORMS:
            assert send(reader, f"{BASE}/{path}", kind="nps.dropped", name="x", cycle="daily").status_code == status
    assert browser(app).get(f"{BASE}/alerts").status_code == 303


def test_rules_and_digests_of_another_survey_are_not_there_either(app: Flask, survey: Survey) -> None:
    other = rows.survey("other", "Other")
    theirs, issue = rule(other, "nps.dropped"), digests.create(other, {"name": "Theirs", "cycle": "daily"}, [])
    reader = ann(app, survey, "admin")

    for path in (f"alerts/{theirs.id}", f"digests/{issue.id}"):
        reader.sees(f"{BASE}/{path}", 404)
        for more in ("", "/remove"):
            assert send(reader, f"{BASE}/{path}{more}").status_code == 404
    assert send(reader, f"{BASE}/digests/{issue.id}/invite", email="a@example.org").status_code == 404


def test_looking_at_the_pages_tells_nothing(survey: Survey, team: Channel, editor: Reader) -> None:
    with writing() as session:
        point = session.scalars(sa.select(PainPoint).filter_by(key="support")).one()
        point.due_on = datetime.now(UTC).date() - timedelta(days=3)
    rule(survey, "pain_point.due", team)

    for _ in range(2):
        assert "would tell now 1 pain point" in editor.sees(f"{BASE}/alerts").text

    assert told() == []


def test_an_editor_sees_the_ways_that_are_open_to_them(survey: Survey, editor: Reader) -> None:
    links = editor.sees(f"{BASE}/alerts").links

    assert f"{BASE}/digests" in links
    assert f"{BASE}/settings" not in links
