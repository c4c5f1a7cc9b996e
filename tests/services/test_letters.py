"""Letters: tried again while their link would work, sent by one sender, and never kept from other letters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Letter, Survey, now
from app.notifiers.results import Sent
from app.services import accounts, invitations, letters, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, ann, browser
from tests.pages.test_people import PAGE, contents, press, roles
from tests.post import arrived, office
from tests.receivers import Post


@pytest.fixture
def mails(app: Flask) -> Iterator[Post]:
    with office(app) as mine:
        yield mine


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def kept() -> list[Letter]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Letter).order_by(Letter.id)))


def invites(survey: Survey, email: str = "eve@example.com") -> str:
    return invitations.invite(survey, "ann@example.com", email, "viewer").removeprefix("http://localhost")


def test_an_invitation_comes_by_mail_with_a_link_of_its_own(app: Flask, mails: Post, survey: Survey) -> None:
    shown = invites(survey)

    ((to, link),) = arrived(mails)

    assert to == "eve@example.com"
    assert link != shown
    assert "“Shop”" in str(mails.mails[0]["Subject"])
    eve = Reader(browser(app))
    page = eve.sees(link)
    assert "ann@example.com invites eve@example.com to the survey Shop" in page.text
    answer = eve.browser.post(link, data={"csrf_token": page.value("csrf_token"), "password": PASSWORD})
    assert answer.location == "/surveys/shop/report"
    assert roles(survey) == {"eve@example.com": "viewer"}
    assert {Reader(browser(app)).browser.get(one).status_code for one in (link, shown)} == {404}


def test_both_links_end_together(app: Flask, mails: Post, survey: Survey) -> None:
    shown = invites(survey)
    ((_, link),) = arrived(mails)

    invitations.withdraw(survey, 1)

    assert {browser(app).get(one).status_code for one in (link, shown)} == {404}


@pytest.mark.parametrize("change", ["cut", "other", "reset"])
def test_a_link_that_was_made_up_opens_nothing(app: Flask, mails: Post, survey: Survey, change: str) -> None:
    invites(survey)
    ((_, link),) = arrived(mails)
    others = {
        "cut": link[:-2],
        "other": link.replace("/invitations/e", "/invitations/f"),
        "reset": accounts.reset_link(users.create("bo@example.com", PASSWORD)).replace("/reset/", "/invitations/"),
    }

    assert browser(app).get(others[change].removeprefix("http://localhost")).status_code == 404


def test_no_table_holds_the_link(mails: Post, survey: Survey) -> None:
    invites(survey)
    before = contents()
    ((_, link),) = arrived(mails)

    assert link.rpartition("/")[2].split(".")[0] not in f"{before}{contents()}"


def test_the_page_of_the_people_says_what_became_of_the_mail_and_shows_no_link(
    app: Flask, mails: Post, survey: Survey
) -> None:
    admin = ann(app, survey, "admin")
    made = press(admin, f"{PAGE}/invitations", email="eve@example.com", role="viewer")
    assert "It is on its way by mail." in made.text
    assert "the mail waits to be sent" in admin.sees(PAGE).text
    mails.refuses = "451 later"
    arrived(mails)
    assert "the mail waits to be tried again: mail refused: 451" in admin.sees(PAGE).text
    mails.refuses, mails.refuses_receiver = "", "550 nobody here"
    with time_machine.travel(now() + timedelta(minutes=1)):
        arrived(mails)
    assert "the mail did not arrive: receiver refused: 550" in admin.sees(PAGE).text
    mails.refuses_receiver = ""
    press(admin, f"{PAGE}/invitations", email="bo@example.com", role="viewer")
    arrived(mails)

    page = admin.browser.get(PAGE).text
    assert "the mail was sent" in page
    assert "/invitations/ey" not in page


def test_without_a_mail_server_no_letter_is_written(app: Flask, survey: Survey) -> None:
    app.config["SMTP_URL"] = ""
    invites(survey)

    assert kept() == []


@pytest.mark.parametrize("end", ["withdrawn", "used", "a week later"])
def test_an_invitation_that_has_ended_is_not_sent(app: Flask, mails: Post, survey: Survey, end: str) -> None:
    link, later = invites(survey), timedelta()
    if end == "withdrawn":
        invitations.withdraw(survey, 1)
    elif end == "used":
        invitations.accept_as_new(link.rpartition("/")[2], PASSWORD)
    else:
        later = timedelta(days=8)

    with time_machine.travel(now() + later):
        assert arrived(mails) == []
    assert [letter.state for letter in kept()] == ["parked"]


def test_a_letter_that_does_not_go_out_is_tried_again_for_a_day_and_then_gone(
    app: Flask, mails: Post, survey: Survey
) -> None:
    users.create("ann@example.com", PASSWORD)
    accounts.ask_reset("ann@example.com")
    mails.refuses = "451 later"
    start = now()
    for hours in range(24):
        with time_machine.travel(start + timedelta(hours=hours)):
            assert arrived(mails) == []
    assert [letter.state for letter in kept()] == ["due"]
    assert kept()[0].attempts > 4
    mails.refuses = ""

    with time_machine.travel(start + timedelta(hours=25)):
        assert arrived(mails) == []
    assert kept() == []


def test_tried_again_it_is_the_same_mail(mails: Post, survey: Survey) -> None:
    invites(survey)
    first, second = letters.lease(), None
    with time_machine.travel(now() + timedelta(seconds=61)):
        second = letters.lease()

    assert first
    assert second
    assert (first.parcel.id, first.parcel.delivery) == (second.parcel.id, second.parcel.delivery)
    letters.record(first, Sent())  # too late: the second has the lease
    assert [letter.state for letter in kept()] == ["due"]
    letters.record(second, Sent())
    assert [letter.state for letter in kept()] == ["done"]


def test_of_many_senders_one_has_the_letter(app: Flask, mails: Post, survey: Survey) -> None:
    invites(survey)
    leased = []

    def ask() -> None:
        with app.app_context():
            leased.append(letters.lease())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in leased if one]) == 1


def test_one_that_is_refused_for_good_keeps_no_other_waiting(mails: Post, survey: Survey) -> None:
    mails.refuses_receiver = "550 nobody here"
    invites(survey, "nobody@example.com")
    letters.drain()
    mails.refuses_receiver = ""
    invites(survey, "eve@example.com")

    assert [to for to, _ in arrived(mails)] == ["eve@example.com"]
    assert [letter.state for letter in kept()] == ["parked", "done"]
