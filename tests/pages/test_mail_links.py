"""Links in mails: opening them changes nothing, one POST changes one thing, and every bad link is told why."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Case, CatalogueChange, Channel, Digest, PainPoint, Survey, User, now
from app.models.transaction import writing
from app.security import tokens
from app.security.tokens import Mail
from app.services import audit_log, digests, links, readers, users
from tests import rows
from tests.pages.reader import Browser, Seen, browser, sound
from tests.rows import Raised, Said
from tests.services.telling import channel

WORDS = "Support took four days to answer"


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    rows.store(survey, [rows.at(said, rows.now_at_noon()) for said in rows.v5()])
    return survey


@pytest.fixture
def ann(survey: Survey) -> Channel:
    return channel(survey, "ann@example.com")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return browser(app)


def path(survey: Survey, reader: Channel, point: str = "support") -> str:
    return links.act(survey, reader, "point", point).removeprefix("http://localhost")


def point(key: str = "support") -> PainPoint:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(PainPoint).filter_by(key=key)).one()


def save(visitor: Browser, address: str, **fields: str) -> TestResponse:
    """Send the form of the page with what it holds, but for these fields."""
    page = Seen(visitor.get(address).text)
    given = {"version": page.value("version"), "fixed_on": "", "note": "", "status": "open"}
    return visitor.post(address, data={**given, **fields})


def test_a_link_shows_the_pain_point_without_signing_in_and_without_comments(
    survey: Survey, ann: Channel, visitor: Browser
) -> None:
    page = sound(visitor.get(path(survey, ann)))

    assert "Speed up support responses" in page.text
    assert "52 of 180 passives and detractors raise it" in page.text
    assert "Saved as ann@example.com" in page.text
    assert WORDS not in page.text
    assert "Set-Cookie" not in visitor.get(path(survey, ann)).headers


def test_who_acts_by_a_link_is_noted_with_the_survey_and_the_reader(
    survey: Survey, ann: Channel, visitor: Browser
) -> None:
    save(visitor, path(survey, ann), status="planned")

    noted = [(one.who, one.action, one.survey, one.thing) for one in audit_log.listed(9)]

    assert noted == [("link", "mail_links.act", survey.key, f'{{"channel_id": {ann.id}}}')]


def test_comments_are_shown_where_the_survey_lets_them_into_mails(
    survey: Survey, ann: Channel, visitor: Browser
) -> None:
    hostile = "Support is slow <script>alert(1)</script>"
    said = [Said(1, hostile, [Raised("support", hostile, confidence=0.99)], rows.now_at_noon())] * 3
    rows.store(survey, said)
    with writing():
        survey.comments_in_mail = True

    answer = visitor.get(path(survey, ann))

    assert hostile in sound(answer).text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "planned"}, "planned"),
        ({"status": "in progress", "note": "Two more people from Monday on"}, "in progress"),
        ({"status": "fixed"}, "fixed"),
        ({"status": "won't do", "note": "Sold by then"}, "won't do"),
    ],
)
def test_one_post_changes_the_status_under_the_name_of_the_reader(
    survey: Survey, ann: Channel, visitor: Browser, fields: dict[str, str], status: str
) -> None:
    answer = save(visitor, path(survey, ann), **fields)

    assert answer.status_code == 303
    assert point().status == status
    change = db.session.scalars(sa.select(CatalogueChange)).one()
    assert change.made_by == "ann@example.com"
    assert "Saved. Thank you." in sound(visitor.get(answer.headers["Location"])).text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"status": "wishful"}, 422, "Choose one of"),
        ({"status": "won't do"}, 422, "Say why it will not be done."),
        ({"status": "fixed", "fixed_on": "2026-02-30"}, 422, "Give a day that exists"),
        ({"status": "fixed", "fixed_on": "2199-01-01"}, 422, "still to come"),
        ({"status": "fixed", "version": "x"}, 422, "once more from the mail"),
        ({"status": "fixed", "version": "7"}, 409, "Somebody else has saved"),
    ],
)
def test_what_cannot_be_saved_is_given_back_as_it_was_typed(
    survey: Survey, ann: Channel, visitor: Browser, fields: dict[str, str], status: int, says: str
) -> None:
    answer = save(visitor, path(survey, ann), **({"note": ""} | fields))

    assert answer.status_code == status
    page = sound(answer)
    assert says in page.text
    if "fixed_on" in fields:
        assert page.value("fixed_on") == fields["fixed_on"]
    assert point().status == "open"


def test_somebody_who_saved_in_between_is_not_overwritten(survey: Survey, ann: Channel, visitor: Browser) -> None:
    version = Seen(visitor.get(path(survey, ann)).text).value("version")
    save(visitor, path(survey, ann), status="planned")

    answer = visitor.post(path(survey, ann), data={"version": version, "status": "fixed"})

    assert answer.status_code == 409
    assert "planned" in sound(answer).text
    assert point().status == "planned"


SCANNERS = list(product(("get", "head"), ("", "prefetch", "prefetch;prerender"), ("", "LinkScanner/1.0")))


def test_a_hundred_prefetches_scanners_and_unfurlers_change_nothing(
    survey: Survey, ann: Channel, visitor: Browser
) -> None:
    digest = digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [ann.id])
    addresses = [path(survey, ann)]
    addresses += [
        link(survey, ann, digest.id).removeprefix("http://localhost") for link in (links.confirm, links.unsubscribe)
    ]
    before = facts()

    for number in range(100):
        method, purpose, agent = SCANNERS[number % len(SCANNERS)]
        headers = {"Sec-Purpose": purpose, "User-Agent": agent}
        for address in addresses:
            answer = visitor.open(address, method=method.upper(), headers=headers)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers

    assert facts() == before


def facts() -> list[tuple[str, int]]:
    """How many rows every table has, and the status."""
    db.session.rollback()
    counted = [
        (table.name, db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        for table in PainPoint.metadata.sorted_tables
    ]
    return [*counted, (point().status, point().acting_version)]


def seal(survey: Survey, reader: Channel, **more: str | int) -> str:
    given = {"survey_id": survey.id, "channel_id": reader.id, "address": reader.address, "kind": "point",
             "id_": "support"} | more  # fmt: skip
    return "/m/act/" + tokens.seal_mail(Mail.to(**given))  # type: ignore[arg-type]


def test_every_bad_link_is_told_why_and_changes_nothing(
    app: Flask, survey: Survey, ann: Channel, visitor: Browser
) -> None:
    other = rows.survey("other", "Other")
    theirs, off = channel(other, "eve@example.com"), channel(survey, "off@example.com", state="off")
    chat = channel(survey, "https://hooks.example/x", "slack")
    users.join(users.create("vera@example.com", "correct horse battery"), survey, "viewer")
    vera = channel(survey, "Vera@example.com")
    good = path(survey, ann)
    with time_machine.travel(now() - timedelta(days=7, minutes=3), tick=False):
        old = path(survey, ann)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        future = path(survey, ann)
    bad = {
        "cut off": (good[:-3], 404, "is not one of ours"),
        "another letter": (good[:9] + ("a" if good[9] != "a" else "b") + good[10:], 404, "is not one of ours"),
        "of a receipt": ("/m/act/" + tokens.seal_receipt(tokens.Receipt(survey.id, 1)), 404, "is not one of ours"),
        "of a digest": (links.unsubscribe(survey, ann, 1).replace("/end/", "/act/")[16:], 404, "is not one of ours"),
        "from the future": (future, 404, "is not one of ours"),
        "expired": (old, 410, "seven days"),
        "another survey's channel": (seal(survey, theirs), 410, "no longer go to the address"),
        "another survey": (seal(other, ann), 410, "no longer go to the address"),
        "another reader": (seal(survey, ann, address="eve@example.com"), 410, "no longer go to the address"),
        "switched off": (path(survey, off), 410, "no longer go to the address"),
        "a chat": (path(survey, chat), 410, "no longer go to the address"),
        "a viewer": (path(survey, vera), 403, "Ask an editor"),
        "no such pain point": (path(survey, ann, "nothing"), 404, "not in the catalogue"),
        "of nobody": ("/m/act/x", 404, "is not one of ours"),
    }

    for name, (address, status, says) in bad.items():
        for answer in (visitor.get(address), visitor.post(address, data={"version": "0", "status": "fixed"})):
            assert answer.status_code == status, name
            assert says in sound(answer).text, name

    assert point().status == "open"


def test_a_link_is_good_for_seven_days_and_two_minutes_of_skew(survey: Survey, ann: Channel, visitor: Browser) -> None:
    for back, status in ((timedelta(days=7, seconds=100), 200), (timedelta(days=7, seconds=130), 410)):
        with time_machine.travel(now() - back, tick=False):
            address = path(survey, ann)
        assert visitor.get(address).status_code == status


def test_a_link_opens_no_other_pain_point_and_no_other_page(survey: Survey, ann: Channel, visitor: Browser) -> None:
    address = path(survey, ann)
    save(visitor, address, status="planned", id="crashes", point="crashes")

    assert point("crashes").status == "open"
    assert visitor.get("/surveys/shop/report").status_code == 303
    for page in ("confirm", "end"):
        assert visitor.get(address.replace("/act/", f"/{page}/")).status_code == 404


def test_a_link_to_a_merged_pain_point_leads_to_the_one_that_stands_for_it(
    survey: Survey, ann: Channel, visitor: Browser
) -> None:
    address = path(survey, ann, "mobile")
    with writing():
        point("mobile").merged_into_id = point("crashes").id

    assert "Fix crashes and errors" in sound(visitor.get(address)).text


def test_the_address_of_an_account_counts_for_what_the_account_may_do(survey: Survey, visitor: Browser) -> None:
    editor: User = users.create("ed@example.com", "correct horse battery")
    users.join(editor, survey, "editor")

    assert save(visitor, path(survey, channel(survey, "Ed@example.com")), status="fixed").status_code == 303


def test_the_links_of_an_owner_end_with_their_account(survey: Survey, visitor: Browser) -> None:
    owner: User = users.create("olga@example.com", "correct horse battery")
    users.join(owner, survey, "editor")
    with writing():
        hers = readers.channel_for(survey, "olga@example.com")
    address = path(survey, hers)
    assert visitor.get(address).status_code == 200

    with writing() as session:
        session.execute(sa.delete(User).where(User.id == owner.id))

    for answer in (visitor.get(address), visitor.post(address, data={"version": "0", "status": "fixed"})):
        assert answer.status_code == 403
        assert "Ask an editor" in sound(answer).text
    assert point().status == "open"


# Cases


@pytest.fixture
def case(survey: Survey) -> Case:
    with writing() as session:
        made = Case(survey_id=survey.id, response_id=1, due_on=now().date() - timedelta(days=1))
        session.add(made)
    return made


def stored(case: Case) -> tuple[str, str | None]:
    db.session.rollback()
    db.session.expire_all()
    return case.state, case.reason


def test_a_link_to_a_case_shows_it_without_what_was_written_and_one_post_closes_it(
    survey: Survey, ann: Channel, case: Case, visitor: Browser
) -> None:
    address = links.act(survey, ann, "case", str(case.id)).removeprefix("http://localhost")
    page = sound(visitor.get(address))
    assert "overdue" in page.text
    assert "not shown without signing in" in page.text
    assert stored(case) == ("open", None)

    sent = {"version": page.value("version"), "state": "closed", "reason": "", "note": "They are happy again"}
    refused = visitor.post(address, data=sent)
    assert refused.status_code == 422
    assert "Say why it is closed" in sound(refused).text
    assert "They are happy again" in refused.text

    answer = visitor.post(address, data=sent | {"reason": "solved", "contact": "1"})
    assert answer.status_code == 303
    assert "Saved. Thank you." in sound(visitor.get(answer.headers["Location"])).text
    assert stored(case) == ("closed", "solved")
    assert [entry.made_by for entry in case.entries] == ["ann@example.com"]
    assert visitor.post(address, data=sent).status_code == 409


def test_a_link_to_a_case_opens_no_other_thing(survey: Survey, ann: Channel, case: Case, visitor: Browser) -> None:
    address = links.act(survey, ann, "case", str(case.id)).removeprefix("http://localhost")
    theirs = channel(rows.survey("other", "Other"), "eve@example.com")

    assert visitor.get(address.replace("/case/", "/act/")).status_code == 404
    assert visitor.get(path(survey, ann).replace("/act/", "/case/")).status_code == 404
    assert visitor.get(links.act(survey, ann, "case", "999")[16:]).status_code == 404
    foreign = "/m/case/" + tokens.seal_mail(Mail.to(survey.id, theirs.id, theirs.address, "case", str(case.id)))
    assert visitor.get(foreign).status_code == 410
    other = "/m/case/" + tokens.seal_mail(Mail.to(theirs.survey_id, theirs.id, theirs.address, "case", str(case.id)))
    assert visitor.get(other).status_code == 404


def test_what_was_written_is_shown_where_the_survey_lets_it_out(
    survey: Survey, ann: Channel, case: Case, visitor: Browser
) -> None:
    with writing():
        survey.comments_in_mail = True

    page = sound(visitor.get(links.act(survey, ann, "case", str(case.id))))

    assert "not shown without signing in" not in page.text


# Digests


@pytest.fixture
def digest(survey: Survey) -> Digest:
    return digests.create(survey, {"name": "Weekly", "cycle": "weekly"}, [])


def invited(survey: Survey, digest: Digest) -> Channel:
    digests.invite(survey, digest.id, "bob@example.org")
    return digests.readers_of(digest)[0][0]


def is_confirmed(digest: Digest) -> list[bool]:
    db.session.rollback()
    db.session.expire_all()
    return [confirmed_at is not None for _, confirmed_at in digests.readers_of(digest)]


def test_a_button_confirms_and_another_ends_it(survey: Survey, digest: Digest, visitor: Browser) -> None:
    bob = invited(survey, digest)
    yes, no = links.confirm(survey, bob, digest.id), links.unsubscribe(survey, bob, digest.id)
    assert "Do you want “Weekly” by mail?" in sound(visitor.get(yes)).text
    assert is_confirmed(digest) == [False]

    assert "Confirmed." in sound(visitor.post(yes)).text
    assert is_confirmed(digest) == [True]

    assert "End “Weekly”?" in sound(visitor.get(no)).text
    assert "Nothing more of it goes to bob@example.org" in sound(visitor.post(no)).text
    assert is_confirmed(digest) == []


def test_the_one_click_of_a_mail_program_ends_it_and_a_second_one_does_no_harm(
    survey: Survey, digest: Digest, visitor: Browser
) -> None:
    bob = invited(survey, digest)
    digests.confirm(digest.id, bob.id)
    address = links.unsubscribe(survey, bob, digest.id)

    for _ in range(2):
        answer = visitor.post(address, data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200

    assert is_confirmed(digest) == []


def test_the_way_out_is_open_for_ever_and_also_after_the_digest_is_gone(
    survey: Survey, digest: Digest, visitor: Browser
) -> None:
    bob = invited(survey, digest)
    with time_machine.travel(now() - timedelta(days=900), tick=False):
        address = links.unsubscribe(survey, bob, digest.id)
    digests.confirm(digest.id, bob.id)

    assert visitor.post(address).status_code == 200
    assert is_confirmed(digest) == []
    digests.remove(survey, digest.id)
    assert visitor.post(address).status_code == 200


def test_an_old_question_can_no_longer_be_answered(survey: Survey, digest: Digest, visitor: Browser) -> None:
    bob = invited(survey, digest)
    with time_machine.travel(now() - timedelta(days=8), tick=False):
        address = links.confirm(survey, bob, digest.id)

    assert visitor.post(address).status_code == 410
    assert is_confirmed(digest) == [False]


def test_addresses_of_links_are_short_enough_for_a_line_of_a_mail(survey: Survey, ann: Channel) -> None:
    found = re.fullmatch(r"/m/act/[A-Za-z0-9_.-]+", path(survey, ann, "a-rather-long-name-of-a-pain-point"))

    assert found
    assert len(found[0]) < 200
