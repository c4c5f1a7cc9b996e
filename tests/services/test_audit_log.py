"""The audit log: what leaves an entry, what an entry says, and that nobody edits it quietly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from werkzeug.test import TestResponse

from app.errors import Invalid
from app.extensions import db
from app.models import AuditEntry, AuditHead, Survey, now
from app.models.transaction import writing
from app.security import audit
from app.services import audit_log, keys, responses, shares, users
from app.services.responses import Answer
from tests import rows
from tests.pages import reader
from tests.pages.reader import Reader, Seen

WORDS = "the parcel never came"


def send(reader: Reader, path: str, **fields: str) -> TestResponse:
    """Send a form with the token of a page that belongs to no survey."""
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields})


def said() -> list[tuple[str, str]]:
    """Who did what, the oldest first."""
    db.session.rollback()
    return [(one.who, one.action) for one in reversed(audit_log.listed(1_000))]


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def ann(app: Flask, survey: Survey) -> Reader:
    return reader.ann(app, survey, "admin")


def test_a_change_leaves_an_entry_with_who_what_and_where(ann: Reader, survey: Survey) -> None:
    send(ann, f"/surveys/{survey.key}/departments", name="Logistics")

    (newest,) = audit_log.listed(1)
    assert (newest.who, newest.action, newest.survey) == ("ann@example.com", "departments.create", survey.key)


def test_what_is_changed_by_number_is_named_by_number(ann: Reader, survey: Survey) -> None:
    send(ann, f"/surveys/{survey.key}/departments", name="Logistics")
    send(ann, f"/surveys/{survey.key}/departments/1/rename", name="Delivery")

    (newest,) = audit_log.listed(1)
    assert (newest.action, newest.thing) == ("departments.rename", '{"number": 1}')


def test_what_was_refused_and_changed_nothing_leaves_no_entry(ann: Reader, survey: Survey) -> None:
    before = said()

    answer = send(ann, f"/surveys/{survey.key}/departments", name="")

    assert answer.status_code == 422
    assert said() == before


def test_a_page_is_noted_once_an_hour_however_often_it_is_opened(ann: Reader, survey: Survey) -> None:
    for _ in range(3):
        ann.browser.get(f"/surveys/{survey.key}/report")

    assert said().count(("ann@example.com", "reports.show")) == 1


def test_a_file_is_noted_every_time_it_is_taken(ann: Reader, survey: Survey) -> None:
    for _ in range(3):
        ann.browser.get(f"/surveys/{survey.key}/customers.csv")

    assert said().count(("ann@example.com", "customers.as_table")) == 3


def test_a_page_that_was_refused_is_not_noted_as_seen(ann: Reader) -> None:
    before = said()

    ann.browser.get("/surveys/another/report")

    assert said() == before


def test_signing_in_and_being_refused_are_noted_without_the_address(app: Flask, survey: Survey) -> None:
    users.create("ruth@example.com", reader.PASSWORD)
    page = Reader(reader.browser(app))
    page.signs_in("ruth@example.com", "wrong password")
    page.signs_in("ruth@example.com", reader.PASSWORD)

    assert [action for _, action in said()] == ["login.refused", "login.sign_in"]
    assert [one.action for one in audit_log.listed(9, about="ruth@example.com")] == ["login.sign_in", "login.refused"]
    assert "ruth" not in repr(db.session.execute(sa.select(AuditEntry.__table__)).all())


def test_a_program_is_noted_by_its_key(app: Flask, client: FlaskClient, survey: Survey) -> None:
    key = keys.create(survey, "Crawler")

    client.get(f"/api/v1/surveys/{survey.key}/responses", headers={"Authorization": f"Bearer {key}"})

    assert said() == [("key Crawler", "responses.list_responses")]


def test_answers_leave_no_entry_whichever_way_they_come(app: Flask, client: FlaskClient, survey: Survey) -> None:
    key = keys.create(survey, "Shop")

    client.post(
        f"/api/v1/surveys/{survey.key}/responses", json={"score": 3}, headers={"Authorization": f"Bearer {key}"}
    )
    responses.record(survey.id, Answer("n1", 3, "widget", WORDS, "en"))

    assert said() == []


def test_who_reads_by_a_shared_link_is_noted_as_that_link(client: FlaskClient, survey: Survey) -> None:
    link = shares.create(survey, "ann@example.com", "", "", "30", "", with_quotes=True)

    client.get(link)

    (newest,) = audit_log.listed(1)
    assert (newest.who, newest.action, newest.survey, newest.thing) == (
        "link",
        "shares.read",
        survey.key,
        '{"share": 1}',
    )


def test_looking_at_a_customer_is_found_by_asking_for_them_and_not_by_reading(ann: Reader, survey: Survey) -> None:
    responses.record(survey.id, Answer("n1", 3, "widget", WORDS, "en", respondent="user-4711"))
    ann.browser.get(f"/surveys/{survey.key}/customers/respondent?id=user-4711")

    assert [one.action for one in audit_log.listed(9, about="user-4711")] == ["customers.respondent"]
    assert audit_log.listed(9, about="user-4712") == []
    assert "4711" not in repr(db.session.execute(sa.select(AuditEntry.__table__)).all())


def test_commands_that_change_something_are_noted(app: Flask, survey: Survey) -> None:
    responses.record(survey.id, Answer("n1", 3, "widget", WORDS, "en", respondent="user-4711"))
    run = app.test_cli_runner()

    run.invoke(args=["survey", "create", "shop2", "--name", "Shop"])
    run.invoke(args=["export", "--survey", survey.key])
    run.invoke(args=["erase", "--survey", survey.key, "--respondent", "user-4711"])
    run.invoke(args=["report", "--survey", survey.key])

    assert said() == [("command", "survey create"), ("command", "export"), ("command", "erase")]
    assert [one.action for one in audit_log.listed(9, about="user-4711")] == ["erase"]


def test_an_entry_outlives_the_account_that_made_it(app: Flask, ann: Reader, survey: Survey) -> None:
    ann.browser.get(f"/surveys/{survey.key}/report")
    app.test_cli_runner().invoke(args=["user", "remove", "ann@example.com"])

    assert ("account 1", "reports.show") in said()


def test_every_route_that_changes_something_is_noted_or_named_as_an_answer(app: Flask) -> None:
    changing = {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - audit.SAFE}

    assert changing >= audit.NOT_ACTS
    assert {endpoint for endpoint in changing if not audit.is_act(endpoint, "POST")} == audit.NOT_ACTS


@pytest.fixture
def whole(ann: Reader, survey: Survey) -> list[AuditEntry]:
    """A log of seven entries."""
    for name in "abcdef":
        send(ann, f"/surveys/{survey.key}/departments", name=name)
    db.session.rollback()
    assert audit_log.verify().problems == []
    return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def edit(statement: sa.Executable) -> None:
    with writing() as session:
        session.execute(statement)


def changed(**values: object) -> Callable[[], None]:
    return lambda: edit(sa.update(AuditEntry).where(AuditEntry.id == 4).values(**values))


EDITS: dict[str, tuple[Callable[[], None], str]] = {
    "another time": (changed(at=now()), "entry 4 was changed"),
    "another kind of actor": (changed(actor="command"), "entry 4 was changed"),
    "another actor": (changed(actor_id=2), "entry 4 was changed"),
    "another act": (changed(action="settings.close"), "entry 4 was changed"),
    "another survey": (changed(survey_id=2), "entry 4 was changed"),
    "another thing": (changed(thing="{}"), "entry 4 was changed"),
    "another person": (changed(mark="0" * 64), "entry 4 was changed"),
    "another link": (changed(link="0" * 64), "entry 4 was changed"),
    "one taken out": (lambda: edit(sa.delete(AuditEntry).where(AuditEntry.id == 4)), "entry 4 is missing"),
    "the first taken out": (lambda: edit(sa.delete(AuditEntry).where(AuditEntry.id == 1)), "entry 1 is missing"),
    "two taken out": (
        lambda: edit(sa.delete(AuditEntry).where(AuditEntry.id.in_([3, 4]))),
        "entries 3 to 4 are missing",
    ),
    "the last taken out": (lambda: edit(sa.delete(AuditEntry).where(AuditEntry.id == 7)), "entry 7 is missing"),
    "all taken out": (lambda: edit(sa.delete(AuditEntry)), "all entries after 0 are missing"),
    "the seal changed": (lambda: edit(sa.update(AuditHead).values(entry_id=6)), "the seal of the newest entry"),
    "the seal taken out": (lambda: edit(sa.delete(AuditHead)), "the seal of the newest entry is missing"),
}


@pytest.mark.parametrize("how", EDITS)
@pytest.mark.usefixtures("whole")
def test_verifying_names_the_entry_that_was_edited(how: str) -> None:
    spoil, expected = EDITS[how]

    spoil()

    problems = audit_log.verify().problems
    assert problems[0].startswith(expected)


def test_a_cut_off_end_with_an_older_seal_put_back_is_noticed_by_a_link_kept_elsewhere(
    app: Flask, ann: Reader, survey: Survey
) -> None:
    send(ann, f"/surveys/{survey.key}/departments", name="Logistics")
    older = db.session.execute(sa.select(AuditHead.__table__)).one()._asdict()
    send(ann, f"/surveys/{survey.key}/departments/1/rename", name="Delivery")
    db.session.rollback()
    noted = audit_log.newest()

    edit(sa.delete(AuditEntry).where(AuditEntry.id > older["entry_id"]))
    edit(sa.update(AuditHead).values(**older))

    assert audit_log.verify().problems == []
    assert audit_log.verify(noted).problems == [f"entry {noted.partition(':')[0]} was noted and is missing"]


@pytest.mark.usefixtures("whole")
def test_a_link_kept_elsewhere_has_to_be_the_same_one() -> None:
    assert audit_log.verify("3:" + "0" * 64).problems == ["entry 3 is not the one that was noted"]


@pytest.mark.usefixtures("app")
def test_what_is_no_link_is_refused() -> None:
    with pytest.raises(Invalid, match="Give a link as `doctor` printed it"):
        audit_log.verify("yesterday")


@pytest.mark.usefixtures("whole")
def test_entries_of_an_earlier_key_stay_whole_while_it_is_among_the_fallbacks(app: Flask) -> None:
    earlier = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"] = "another key of thirty-two letters", [earlier]

    assert audit_log.verify().problems == []
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert "sealed with a key that is not set any more" in audit_log.verify().problems[0]


def test_the_command_says_what_it_found(app: Flask, whole: list[AuditEntry]) -> None:
    run: FlaskCliRunner = app.test_cli_runner()
    assert run.invoke(args=["audit", "verify"]).output.startswith("✓ 7 entries, none changed and none missing.")

    edit(sa.delete(AuditEntry).where(AuditEntry.id == 7))

    found = run.invoke(args=["audit", "verify"])
    assert (found.exit_code, found.output) == (1, "✗ entry 7 is missing\n")


def test_the_command_lists_what_was_done(app: Flask, whole: list[AuditEntry], survey: Survey) -> None:
    lines = app.test_cli_runner().invoke(args=["audit", "list", "--survey", survey.key]).output.splitlines()

    assert len(lines) == 6
    assert lines[0].split("\t")[2:] == ["ann@example.com", "departments.create", survey.key]


def test_many_who_write_at_once_make_one_chain(app: Flask, survey: Survey) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work(number: int) -> None:
        with app.app_context(), audit.command(f"work {number}", survey.key):
            audit.note()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))

    db.session.rollback()
    assert audit_log.verify().entries == 40
    assert audit_log.verify().problems == []
