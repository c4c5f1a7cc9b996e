"""Administrators set channels up and see what became of every sending; addresses and secrets are not shown again."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Channel, Delivery, Survey, now
from app.models.transaction import writing
from app.notifiers.message import Message
from app.services import channels, outbox
from app.services.channel_checks import Given
from tests import rows
from tests.notifiers.hostile import resolver
from tests.pages.reader import Reader, Seen, ann, browser, sound

BASE = "/surveys/shop/channels"
URL = "https://hooks.example.com/T0/hidden-path"
NEW = {"kind": "webhook", "name": "Data team", "address": URL, "types": ["response.created"]}


@pytest.fixture(autouse=True)
def outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34"))


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


@pytest.fixture
def admin(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "admin")


@pytest.fixture
def channel(survey: Survey) -> Channel:
    return channels.create(survey, Given("webhook", "Data team", URL, ["response.created"]))


def send(reader: Reader, path: str, **fields: Any) -> TestResponse:
    """Send a form with the token of a page."""
    token = Seen(reader.browser.get("/surveys").text).value("csrf_token")
    return reader.browser.post(path, data={"csrf_token": token, **fields})


def fresh(channel: Channel) -> Channel:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Channel, channel.id)


def deliver(survey: Survey, channel: Channel, number: int = 1, **values: Any) -> list[int]:
    """Deliveries in some state."""
    with writing() as session:
        for place in range(number):
            message = Message("nps.dropped", f"NPS fell {place}", ("From 31 to 19.",))
            outbox.put(survey, [channel.id], message, f"{now()}-{place}")
        ids = session.scalars(sa.select(Delivery.id).order_by(Delivery.id)).all()[-number:]
        if values:
            session.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(**values))
    return list(ids)


def test_a_survey_without_channels_says_what_they_are_for(admin: Reader, survey: Survey) -> None:
    assert "No channel so far" in admin.sees(BASE).text


def test_the_secret_of_a_new_webhook_is_shown_once_and_its_url_never(admin: Reader, survey: Survey) -> None:
    answer = send(admin, BASE, **NEW)

    assert answer.status_code == 201
    made = channels.of(survey)[0]
    sound(answer)
    assert re.findall(r"whsec_[A-Za-z0-9+/=]{44}", answer.text) == [made.secret]
    for page in (admin.sees(BASE), admin.sees(f"{BASE}/{made.id}")):
        assert "whsec_" not in page.html
        assert "hidden-path" not in page.html
        assert "hooks.example.com" in page.text
        assert "Data team" in page.text


def test_other_channels_have_no_secret_and_lead_to_their_page(admin: Reader, survey: Survey) -> None:
    answer = send(admin, BASE, kind="email", name="Ann", address="ann@example.com")

    assert answer.headers["Location"] == f"{BASE}/1?done=made"
    page = admin.sees(answer.headers["Location"])
    assert "Send a test" in page.text
    assert "ann@example.com" in page.text
    assert "Replace the secret" not in page.text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"address": "http://hooks.example.com/x"}, "begin with https://"),
        ({"address": "https://localhost/x"}, "private network"),
        ({"address": "ann@example.com"}, "begin with https://"),
        ({"kind": "email"}, "Give an e-mail address"),
        ({"kind": "pigeon"}, "Choose one of"),
        ({"name": ""}, "Give a name"),
        ({"types": ["x"]}, "Choose from"),
    ],
)
def test_a_refusal_gives_back_what_was_typed_and_says_what_to_do(
    admin: Reader, survey: Survey, changed: dict[str, Any], says: str
) -> None:
    given = NEW | changed

    answer = send(admin, BASE, **given)

    assert answer.status_code == 422
    page = sound(answer)
    assert says in page.text
    assert page.html.startswith("<!doctype html>")
    assert "<title>Error:" in page.html
    assert (page.value("name"), page.value("address")) == (given["name"], given["address"])
    assert channels.of(survey) == []


def test_name_and_answers_change_and_an_empty_address_stays(admin: Reader, channel: Channel) -> None:
    answer = send(admin, f"{BASE}/{channel.id}/edit", name="Bots", address="", types=["response.updated"])

    assert answer.status_code == 303
    changed = fresh(channel)
    assert (changed.name, changed.address, changed.types) == ("Bots", URL, ["response.updated"])


def test_an_edit_that_is_refused_keeps_what_was_typed(admin: Reader, channel: Channel) -> None:
    answer = send(admin, f"{BASE}/{channel.id}/edit", name="Bots", address="https://10.0.0.1:22/")

    assert answer.status_code == 422
    assert sound(answer).value("name") == "Bots"
    assert fresh(channel).address == URL


def test_a_channel_is_switched_off_and_on(admin: Reader, channel: Channel) -> None:
    for state in ("off", "on"):
        assert send(admin, f"{BASE}/{channel.id}/{state}").status_code == 303
        assert fresh(channel).state == state
        admin.sees(f"{BASE}/{channel.id}?done={state}")


def test_a_new_secret_is_shown_once(admin: Reader, channel: Channel) -> None:
    old = channel.secret

    answer = send(admin, f"{BASE}/{channel.id}/rotate")

    assert answer.status_code == 201
    assert fresh(channel).old_secret == old
    assert (fresh(channel).secret or "") in sound(answer).html
    assert old not in answer.text
    assert "whsec_" not in admin.sees(f"{BASE}/{channel.id}").html


def test_a_test_goes_into_the_log(admin: Reader, channel: Channel) -> None:
    answer = send(admin, f"{BASE}/{channel.id}/test")

    assert answer.status_code == 303
    assert "channel.test waiting" in admin.sees(answer.headers["Location"]).text


def test_a_removed_channel_is_gone(admin: Reader, survey: Survey, channel: Channel) -> None:
    assert send(admin, f"{BASE}/{channel.id}/remove").headers["Location"] == f"{BASE}?done=remove"
    assert "Removed." in admin.sees(f"{BASE}?done=remove").text
    admin.sees(f"{BASE}/{channel.id}", 404)


def test_the_log_says_what_became_of_each_and_offers_what_can_be_sent_again(
    admin: Reader, survey: Survey, channel: Channel
) -> None:
    deliver(survey, channel, state="done", attempts=1, last_status=204, last_at=now())
    deliver(survey, channel, state="parked", attempts=10, last_status=500, last_reason="status 500", last_at=now())
    deliver(survey, channel, attempts=2, last_reason="timeout", last_at=now())

    page = admin.sees(f"{BASE}/{channel.id}")

    for words in ("arrived status 204", "parked status 500", "10 tries", "waiting timeout", "2 tries",
                  "Send what is parked (1)"):  # fmt: skip
        assert words in page.text
    assert page.text.count("Send again") == 2
    assert page.text.index("waiting timeout") < page.text.index("parked status 500")
    only = admin.sees(f"{BASE}/{channel.id}?state=parked")
    assert "timeout" not in only.text
    assert "status 500" in only.text


def test_a_long_log_has_pages(admin: Reader, survey: Survey, channel: Channel) -> None:
    ids = deliver(survey, channel, 60, state="done")

    older = next(link for link in admin.sees(f"{BASE}/{channel.id}").links if "before=" in link)

    assert f"before={ids[10]}" in older
    assert admin.sees(older.partition("#")[0]).text.count("Send again") == 10


def test_one_press_sends_again(admin: Reader, survey: Survey, channel: Channel) -> None:
    first, second = deliver(survey, channel, 2, state="parked", attempts=10)

    assert send(admin, f"{BASE}/{channel.id}/deliveries/{first}/replay").status_code == 303
    assert [one.state for one in states()] == ["due", "parked"]
    assert send(admin, f"{BASE}/{channel.id}/replay").status_code == 303
    assert [one.state for one in states()] == ["due", "due"]
    refused = send(admin, f"{BASE}/{channel.id}/deliveries/{second}/replay")
    assert refused.status_code == 422
    assert "waits already" in sound(refused).text


def states() -> list[Delivery]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def test_a_disabled_channel_says_why_and_what_to_do(admin: Reader, survey: Survey, channel: Channel) -> None:
    with writing() as session:
        session.execute(sa.update(Channel).values(state="disabled", reason="nothing has arrived for days"))

    assert "nothing has arrived for days" in admin.sees(BASE).text
    page = admin.sees(f"{BASE}/{channel.id}")
    assert "Disabled: nothing has arrived for days" in page.text
    assert "Switch it on" in page.text


def test_a_name_is_text_on_every_page(admin: Reader, survey: Survey) -> None:
    made = channels.create(survey, Given("email", "<script>alert(1)</script>", "ann@example.com"))

    for page in (admin.sees(BASE), admin.sees(f"{BASE}/{made.id}")):
        assert "<script>alert(1)</script>" in page.text


POSTS = ("", "/1/edit", "/1/on", "/1/off", "/1/test", "/1/rotate", "/1/remove", "/1/replay", "/1/deliveries/1/replay")


@pytest.mark.parametrize("path", POSTS)
def test_editors_change_no_channel_and_strangers_see_none(
    app: Flask, survey: Survey, channel: Channel, path: str
) -> None:
    deliver(survey, channel, state="parked")
    editor = ann(app, survey, "editor")
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    assert send(editor, BASE + path).status_code == 403
    assert send(stranger, BASE + path).status_code == 404
    assert browser(app).post(BASE + path).status_code == 400
    assert [one.state for one in states()] == ["parked"]
    assert (fresh(channel).state, fresh(channel).old_secret) == ("on", None)


@pytest.mark.parametrize("path", [path for path in POSTS if path])
def test_a_channel_of_another_survey_is_not_there(app: Flask, survey: Survey, channel: Channel, path: str) -> None:
    other = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    assert send(other, "/surveys/other/channels" + path).status_code == 404
    assert (fresh(channel).state, fresh(channel).old_secret) == ("on", None)


@pytest.mark.parametrize("path", ["", "/1"])
def test_editors_and_strangers_do_not_see_channels(app: Flask, survey: Survey, channel: Channel, path: str) -> None:
    ann(app, survey, "editor").sees(BASE + path, 403)
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")
    stranger.sees(BASE + path, 404)
    if path:
        stranger.sees(f"/surveys/other/channels{path}", 404)
    assert browser(app).get(BASE + path).status_code == 303
