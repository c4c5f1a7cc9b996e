"""A link to one view of the report: that view and nothing else, until its day or until it is revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Share, Survey, now
from app.services import catalogue_changes, shares
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.pages.test_people import contents, press

PAGE = "/surveys/shop/shares"
QUOTE = "Support took four days to answer"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """The data set V5, of which all detractors are on plan pro; four people more on plan free."""
    made = rows.survey()
    at = rows.now_at_noon()
    people = [replace(said, more={"attributes": {"plan": "pro"}}) if said.score < 7 else said for said in rows.v5(at)]
    few = [rows.Said(3, "so few of us", at=at, more={"attributes": {"plan": "free"}}) for _ in range(4)]
    rows.store(made, [*people, *few])
    return made


def share(reader: Reader, **fields: Any) -> TestResponse:
    return press(reader, PAGE, **{"query": "", "days": "30", **fields})


def link(reader: Reader, **fields: Any) -> str:
    """The path of a new link, as the page shows it once."""
    answer = share(reader, **fields)
    assert answer.status_code == 201, sound(answer).text
    return sound(answer).value_of("new-link").removeprefix("http://localhost")


def opened(app: Flask, address: str, status: int = 200) -> Seen:
    """What somebody without an account sees."""
    return Reader(browser(app)).sees(address, status)


def test_the_report_leads_editors_to_sharing_the_view_they_look_at(app: Flask, survey: Survey) -> None:
    page = ann(app, survey, "editor").sees("/surveys/shop/report?attr.plan=pro")

    assert f"{PAGE}?attr.plan=pro" in page.links


def test_viewers_find_no_way_to_share(app: Flask, survey: Survey) -> None:
    reader = ann(app, survey)

    assert not [address for address in reader.sees("/surveys/shop/report").links if "shares" in address]
    reader.sees(PAGE, 403)
    assert share(reader).status_code == 403
    assert press(reader, f"{PAGE}/1/revoke").status_code == 403


def test_a_link_shows_the_view_to_whoever_has_it(app: Flask, survey: Survey) -> None:
    address = link(ann(app, survey, "editor"), query="attr.plan=pro")

    page = opened(app, address)

    assert "plan: pro" in page.text
    assert "80 answers" in page.text
    assert "−100" in page.text
    assert "Speed up support responses" in page.text or "too few comments" in page.text


def test_the_page_leads_nowhere_and_takes_nothing(app: Flask, survey: Survey) -> None:
    page = opened(app, link(ann(app, survey, "admin"), with_quotes="1"))

    assert {address for address in page.links if not address.startswith("#")} == set()
    assert not [tag for tag, _ in page.elements if tag in {"form", "input", "button", "select", "textarea"}]


def test_whoever_is_signed_in_sees_no_more_of_it(app: Flask, survey: Survey) -> None:
    editor = ann(app, survey, "editor")
    address = link(editor)

    assert editor.sees(address).html == opened(app, address).html


def test_it_is_kept_out_of_search_engines_and_gets_no_cookie(app: Flask, survey: Survey) -> None:
    answer = browser(app).get(link(ann(app, survey, "editor")))

    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert '<meta name="robots" content="noindex' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_quotes_are_shown_only_if_the_box_was_ticked(app: Flask, survey: Survey) -> None:
    editor = ann(app, survey, "editor")

    without, with_quotes = link(editor), link(editor, with_quotes="1")

    assert QUOTE not in opened(app, without).text
    assert QUOTE in opened(app, with_quotes).text


@pytest.mark.parametrize(
    "more",
    [
        "?attr.plan=",
        "?attr.plan=free",
        "?language=de",
        "?from=1970-01-01",
        "?with_quotes=1",
        "?print=1",
        "?sort=impact",
    ],
)
def test_nothing_in_the_address_widens_the_view(app: Flask, survey: Survey, more: str) -> None:
    address = link(ann(app, survey, "editor"), query="attr.plan=pro")

    assert opened(app, address + more).html == opened(app, address).html


def test_of_a_view_with_fewer_than_five_people_nothing_is_shown(app: Flask, survey: Survey) -> None:
    address = link(ann(app, survey, "editor"), query="attr.plan=free", with_quotes="1")

    page = opened(app, address)

    assert "Fewer than 5 people are in this view" in page.text
    assert "so few of us" not in page.text
    assert "4 answers" not in page.text


def test_a_link_never_says_who_owns_what_or_what_anybody_is_worth(app: Flask, survey: Survey) -> None:
    catalogue_changes.change(survey, "ann@example.com", "support", {"owner": "Grace Hopper", "department": "Helpdesk"})

    text = opened(app, link(ann(app, survey, "editor"), with_quotes="1")).text

    assert "Speed up support responses" in text
    assert not [word for word in ("Grace Hopper", "Helpdesk", "Value at risk") if word in text]


@pytest.mark.parametrize("days", shares.DAYS)
def test_a_link_ends_by_itself(app: Flask, survey: Survey, days: int) -> None:
    address = link(ann(app, survey, "editor"), days=str(days))
    start = now()

    with time_machine.travel(start + timedelta(days=days, minutes=-1), tick=False):
        assert browser(app).get(address).status_code == 200
    with time_machine.travel(start + timedelta(days=days, minutes=1), tick=False):
        page = opened(app, address, 404)
        assert "the link has expired or was revoked" in page.text
        assert "Shop" not in page.text


def test_an_own_day_is_the_last_one_in_the_time_zone_of_the_survey(app: Flask) -> None:
    survey = rows.survey(timezone="Pacific/Auckland")

    with time_machine.travel("2026-11-22T12:30:00Z", tick=False):  # the 23rd there
        link(ann(app, survey, "editor"), days="until", until="2026-11-23")

    assert db.session.scalars(sa.select(Share.expires_at)).one().isoformat() == "2026-11-23T11:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"days": "until"}, "Give a day that exists"),
        ({"days": "until", "until": "2026-02-30"}, "Give a day that exists"),
        ({"days": "until", "until": "2020-01-01"}, "Choose a day from today on, within a year."),
        ({"days": "until", "until": "9999-12-31"}, "Choose a day from today on, within a year."),
        ({"days": "365000"}, "Choose how long it works."),
        ({"days": ""}, "Choose how long it works."),
        ({"name": "x" * 101}, "At most 100 characters."),
    ],
    ids=str,
)
def test_a_link_that_cannot_be_is_given_back_as_typed(
    app: Flask, survey: Survey, fields: dict[str, str], says: str
) -> None:
    answer = share(ann(app, survey, "editor"), **{"name": "For the board", "query": "attr.plan=pro", **fields})

    page = sound(answer)
    assert (answer.status_code, says in page.text) == (422, True)
    assert page.value("query") == "attr.plan=pro"
    assert page.value_of("share-name") == fields.get("name", "For the board")
    assert shares.of(survey) == []


@pytest.mark.parametrize("query", ["sort=password", "attr.plan=a%00b", "from=yesterday", "nothing=1"])
def test_a_view_that_cannot_be_is_not_shared(app: Flask, survey: Survey, query: str) -> None:
    assert share(ann(app, survey, "editor"), query=query).status_code == 422
    assert shares.of(survey) == []


def test_links_are_listed_without_their_address_and_revoked_at_once(app: Flask, survey: Survey) -> None:
    editor = ann(app, survey, "editor")
    address = link(editor, name="For the <b>board</b>", query="attr.plan=pro", with_quotes="1")

    page = editor.sees(PAGE)
    assert "For the <b>board</b> with quotes" in page.text
    assert "last 90 days, plan: pro" in page.text
    assert address not in page.html

    number = db.session.scalar(sa.select(Share.id))
    answer = press(editor, f"{PAGE}/{number}/revoke")
    assert "Revoked." in editor.sees(answer.location).text
    opened(app, address, 404)
    assert press(editor, f"{PAGE}/{number}/revoke").status_code == 404


def test_the_table_holds_no_address(app: Flask, survey: Survey) -> None:
    token = link(ann(app, survey, "editor")).rpartition("/")[2]

    assert len(token) == 43
    assert token not in str(contents())


def test_strangers_neither_share_nor_see_nor_revoke(app: Flask, survey: Survey) -> None:
    address = link(ann(app, survey, "editor"))
    number = db.session.scalar(sa.select(Share.id))
    bo = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    bo.sees(PAGE, 404)
    assert share(bo).status_code == 404
    assert press(bo, f"{PAGE}/{number}/revoke").status_code == 404
    assert press(bo, f"/surveys/other/shares/{number}/revoke").status_code == 404
    opened(app, address)


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 512])
def test_a_made_up_link_says_the_same_as_one_that_has_ended(app: Flask, token: str) -> None:
    assert "the link has expired or was revoked" in opened(app, f"/shared/{token}", 404).text
