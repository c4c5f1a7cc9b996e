"""The people of a survey: invited by a link that looking cannot use up, and never locked out of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Base, Department, DepartmentMember, Invitation, Membership, Survey, User, now
from app.models.transaction import writing
from app.services import invitations, members, users
from tests import rows
from tests.pages.reader import PASSWORD, Reader, Seen, ann, browser, sound

PAGE = "/surveys/shop/people"


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def press(reader: Reader, address: str, **fields: Any) -> TestResponse:
    """Send a form of ours; the token is that of whatever page the person can see."""
    page = Seen(reader.browser.get("/account").text)
    return reader.browser.post(address, data={"csrf_token": page.value("csrf_token"), **fields})


def invites(admin: Reader, email: str = "eve@example.com", role: str = "viewer") -> str:
    """The path of the link that the page shows."""
    answer = press(admin, f"{PAGE}/invitations", email=email, role=role)
    assert answer.status_code == 201
    return sound(answer).value_of("new-link").removeprefix("http://localhost")


def roles(survey: Survey) -> dict[str, str]:
    db.session.rollback()
    db.session.expire_all()
    return {member.email: member.role for member in members.of(survey)}


def test_the_page_lists_who_may_do_what(app: Flask, survey: Survey) -> None:
    admin = ann(app, survey, "admin")
    users.join(users.create("bo@example.com", PASSWORD), survey, "editor")
    users.create("root@example.com", PASSWORD, is_admin=True)

    page = admin.sees(PAGE)

    assert "ann@example.com you" in page.text
    assert "bo@example.com" in page.text
    assert "1 administrator of the installation sees every survey" in page.text
    assert "root@example.com" not in page.text


def test_somebody_without_an_account_chooses_a_password_and_is_in(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"), " Eve@example.com", "editor")
    eve = Reader(browser(app))

    page = eve.sees(link)
    assert "ann@example.com invites eve@example.com to the survey Shop" in page.text
    answer = eve.browser.post(link, data={"csrf_token": page.value("csrf_token"), "password": PASSWORD})

    assert (answer.status_code, answer.location) == (303, "/surveys/shop/report")
    eve.sees("/surveys/shop/report")
    assert roles(survey) == {"ann@example.com": "admin", "eve@example.com": "editor"}
    assert "This link does not work" in Reader(browser(app)).sees(link, 404).text


def test_a_hundred_looks_change_nothing_and_the_link_still_works(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"))
    before = contents()

    for number in range(100):
        scanner = browser(app)
        scanner.open(link, method="HEAD" if number % 2 else "GET", headers={"Sec-Purpose": "prefetch"})

    assert contents() == before
    assert invitations.pending(survey)


def contents() -> dict[str, list[Any]]:
    db.session.rollback()
    return {table.name: sorted(map(repr, db.session.execute(table.select()))) for table in Base.metadata.sorted_tables}


def test_the_table_holds_no_link(app: Flask, survey: Survey) -> None:
    token = invites(ann(app, survey, "admin")).rpartition("/")[2]

    assert len(token) == 43
    assert token not in str(contents())


def test_a_short_password_is_refused_and_uses_nothing_up(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"))
    eve = Reader(browser(app))
    token = eve.sees(link).value("csrf_token")

    answer = eve.browser.post(link, data={"csrf_token": token, "password": "short"})

    assert answer.status_code == 422
    assert "Use 10 to 1000 characters." in sound(answer).text
    assert eve.browser.post(link, data={"csrf_token": token, "password": PASSWORD}).status_code == 303


def test_somebody_with_an_account_signs_in_and_joins(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"))
    users.create("eve@example.com", PASSWORD)
    eve = Reader(browser(app))

    page = eve.sees(link)
    assert not [given for tag, given in page.elements if given.get("type") == "password"]
    way = next(address for address in page.links if address.startswith("/login?next="))
    assert eve.signs_in("eve@example.com", next=link).location == link
    assert way.endswith(link.replace("/", "%2F")) or way.endswith(link)
    assert press(eve, link).location == "/surveys/shop/report"

    assert roles(survey)["eve@example.com"] == "viewer"
    assert press(eve, link).status_code == 404


def test_an_invitation_sets_no_password_of_an_account_that_is_there(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"))
    kept = users.create("eve@example.com", PASSWORD).password_hash
    visitor = Reader(browser(app))
    token = Seen(visitor.browser.get("/login").text).value("csrf_token")

    answer = visitor.browser.post(link, data={"csrf_token": token, "password": "another password"})

    assert (answer.status_code, answer.location.startswith("/login")) == (303, True)
    db.session.expire_all()
    assert db.session.scalar(sa.select(User.password_hash).where(User.email == "eve@example.com")) == kept
    assert "eve@example.com" not in roles(survey)


def test_somebody_else_cannot_use_it(app: Flask, survey: Survey) -> None:
    link = invites(ann(app, survey, "admin"))
    bo = ann(app, rows.survey("other", "Other"), "viewer", "bo@example.com")

    assert "You are signed in as another account: bo@example.com" in bo.sees(link).text
    assert press(bo, link).status_code == 403
    assert "bo@example.com" not in roles(survey)
    assert invitations.pending(survey)


def test_an_invitation_never_takes_a_role_away(app: Flask, survey: Survey) -> None:
    address = invitations.invite(survey, "ann@example.com", "eve@example.com", "viewer")
    eve = users.create("eve@example.com", PASSWORD)
    users.join(eve, survey, "editor")

    invitations.accept(address.rpartition("/")[2], eve)

    assert roles(survey)["eve@example.com"] == "editor"


@pytest.mark.parametrize("end", ["withdrawn", "a week later", "invited again"])
def test_a_link_ends(app: Flask, survey: Survey, end: str) -> None:
    admin = ann(app, survey, "admin")
    link = invites(admin)
    later = timedelta()
    if end == "withdrawn":
        number = db.session.scalar(sa.select(Invitation.id))
        assert press(admin, f"{PAGE}/invitations/{number}/withdraw").status_code == 303
        assert "No invitation is waiting." in admin.sees(PAGE).text
    elif end == "invited again":
        invites(admin, role="editor")
        assert len(invitations.pending(survey)) == 1
    else:
        later = timedelta(days=7, seconds=1)

    with time_machine.travel(now() + later, tick=False):
        eve = Reader(browser(app))
        token = Seen(eve.browser.get("/login").text).value("csrf_token")
        assert eve.browser.get(link).status_code == 404
        assert eve.browser.post(link, data={"csrf_token": token, "password": PASSWORD}).status_code == 404
    assert "eve@example.com" not in roles(survey)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": "eve", "role": "viewer"}, "Give an e-mail address."),
        ({"email": "eve@example.com", "role": "owner"}, "Choose one of viewer, editor, admin."),
        ({"email": "ANN@example.com", "role": "viewer"}, "A member already"),
    ],
)
def test_an_invitation_that_cannot_be_is_given_back(
    app: Flask, survey: Survey, fields: dict[str, str], says: str
) -> None:
    answer = press(ann(app, survey, "admin"), f"{PAGE}/invitations", **fields)

    page = sound(answer)
    assert answer.status_code == 422
    assert says in page.text
    assert page.value("email") == fields["email"]


def test_the_link_has_the_configured_address_whatever_host_was_asked(app: Flask, survey: Survey) -> None:
    admin = ann(app, survey, "admin")
    token = Seen(admin.browser.get(PAGE).text).value("csrf_token")
    data = {"csrf_token": token, "email": "eve@example.com", "role": "viewer"}

    evil = admin.browser.post(f"{PAGE}/invitations", data=data, headers={"Host": "evil.example"})
    other = admin.browser.post(f"{PAGE}/invitations", data=data, headers={"X-Forwarded-Host": "evil.example"})

    assert evil.status_code == 400
    assert re.findall(r'value="(http[^"]+)/invitations', other.text) == ["http://localhost"]


def test_a_role_is_changed_and_holds_from_the_next_page_on(app: Flask, survey: Survey) -> None:
    admin, bo = ann(app, survey, "admin"), ann(app, survey, "viewer", "bo@example.com")
    number = number_of("bo@example.com")

    assert press(admin, f"{PAGE}/{number}/role", role="admin").status_code == 303

    bo.sees(PAGE)
    assert press(bo, f"{PAGE}/{number_of('ann@example.com')}/remove").status_code == 303
    assert admin.browser.get("/surveys/shop/report").status_code == 404
    assert roles(survey) == {"bo@example.com": "admin"}


def number_of(email: str) -> int:
    return db.session.scalar(sa.select(User.id).where(User.email == email)) or 0


@pytest.mark.parametrize(("what", "fields"), [("role", {"role": "viewer"}), ("remove", {})])
def test_the_last_administrator_cannot_lock_the_survey_out(
    app: Flask, survey: Survey, what: str, fields: dict[str, str]
) -> None:
    admin = ann(app, survey, "admin")
    users.join(users.create("bo@example.com", PASSWORD), survey, "editor")

    answer = press(admin, f"{PAGE}/{number_of('ann@example.com')}/{what}", **fields)

    assert answer.status_code == 422
    assert "only administrator" in sound(answer).text
    assert roles(survey) == {"ann@example.com": "admin", "bo@example.com": "editor"}


def test_whoever_gives_the_own_role_away_is_led_out(app: Flask, survey: Survey) -> None:
    admin = ann(app, survey, "admin")
    users.join(users.create("bo@example.com", PASSWORD), survey, "admin")

    answer = press(admin, f"{PAGE}/{number_of('ann@example.com')}/role", role="viewer")

    assert answer.location == "/surveys"
    assert roles(survey)["ann@example.com"] == "viewer"


POSTS = ("/1/role", "/1/remove", "/invitations", "/invitations/1/withdraw")


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_only_administrators_see_and_change_people(app: Flask, survey: Survey, role: str) -> None:
    reader = ann(app, survey, role)

    reader.sees(PAGE, 403)
    assert {press(reader, PAGE + address).status_code for address in POSTS} == {403}


def test_strangers_find_nothing(app: Flask, survey: Survey) -> None:
    invitations.invite(survey, "x", "eve@example.com", "viewer")
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    stranger.sees(PAGE, 404)
    assert {press(stranger, PAGE + address).status_code for address in POSTS} == {404}
    own = "/surveys/other/people"  # the own survey, with numbers that belong to the other one
    assert {press(stranger, own + address).status_code for address in ("/999/remove", POSTS[3])} == {404}
    assert invitations.pending(survey)


def test_who_left_belongs_to_no_department_of_the_survey(app: Flask, survey: Survey) -> None:
    users.join(users.create("root@example.com", PASSWORD), survey, "admin")
    bo = users.create("bo@example.com", PASSWORD)
    users.join(bo, survey, "editor")
    other = rows.survey("other", "Other")
    with writing() as session:
        groups = [Department(survey_id=one.id, name="Support") for one in (survey, other)]
        session.add_all(groups)
        session.flush()
        session.add_all([DepartmentMember(department_id=group.id, user_id=bo.id) for group in groups])

    members.remove(survey, bo.id)

    left = db.session.scalars(sa.select(Department.survey_id).join(DepartmentMember)).all()
    assert left == [other.id]
    assert db.session.scalars(sa.select(Membership.user_id).where(Membership.user_id == bo.id)).all() == []
