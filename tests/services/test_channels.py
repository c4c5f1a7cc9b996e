"""Channels are made, changed and switched; their secret is shown once, and an address is checked on every way."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Channel, Delivery, Notice, Survey, now
from app.models.transaction import writing
from app.services import channels, deliveries, delivery_log, readers, sending
from app.services.channel_checks import Given
from tests import rows
from tests.notifiers.hostile import INSIDE, REFUSED, rebinding, resolver

URL = "https://hooks.example.com/T0/secret"
HOOK = Given("webhook", "Data team", URL, ["response.created"])
MAIL = Given("email", "Ann", "ann@example.com")


@pytest.fixture(autouse=True)
def outside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world in which every name is public."""
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34"))


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


def test_a_new_webhook_is_on_and_has_a_secret_of_its_own(survey: Survey) -> None:
    first, second = channels.create(survey, HOOK), channels.create(survey, HOOK)

    assert (first.kind, first.name, first.state, first.types) == ("webhook", "Data team", "on", ["response.created"])
    assert first.secret != second.secret
    assert first.secret
    assert len(base64.b64decode(first.secret.removeprefix("whsec_"), validate=True)) == 32


@pytest.mark.parametrize("kind", ["slack", "teams", "email"])
def test_only_webhooks_have_secrets_and_get_answers(survey: Survey, kind: str) -> None:
    address = MAIL.address if kind == "email" else URL
    channel = channels.create(survey, Given(kind, "Team", address, ["response.created"]))

    assert (channel.secret, channel.types) == (None, [])
    with pytest.raises(Invalid, match="Only webhooks"):
        channels.rotate(survey, channel.id)


def test_of_a_url_only_its_host_is_shown(survey: Survey) -> None:
    assert channels.shown(channels.create(survey, HOOK)) == "hooks.example.com"
    assert channels.shown(channels.create(survey, MAIL)) == "ann@example.com"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", Given("pigeon", "Team", URL)),
        ("name", Given("webhook", " ", URL)),
        ("name", Given("webhook", "x" * 101, URL)),
        ("name", Given("webhook", "Team\r\nBcc: eve@evil.example", URL)),
        ("types", Given("webhook", "Team", URL, ["response.erased"])),
        ("address", Given("webhook", "Team", "http://hooks.example.com/")),
        ("address", Given("email", "Team", URL)),
        ("address", Given("email", "Team", "ann@example.com\r\nBcc: eve@evil.example")),
        ("address", Given("email", "Team", "ann@example.com, eve@evil.example")),
        ("address", Given("email", "Team", "Ann <ann@example.com>")),
        ("address", Given("email", "Team", "ann@bücher.example")),
        ("address", Given("email", "Team", "a" * 250 + "@example.com")),
    ],
)
def test_what_cannot_be_a_channel_is_refused_with_the_field_that_is_wrong(
    survey: Survey, field: str, given: Given
) -> None:
    with pytest.raises(Invalid) as refused:
        channels.create(survey, given)

    assert list(refused.value.errors) == [field]
    assert channels.of(survey) == []


def test_without_a_mail_server_there_are_no_mail_channels(app: Flask, survey: Survey) -> None:
    app.config["SMTP_URL"] = ""

    with pytest.raises(Invalid, match="SMTP_URL"):
        channels.create(survey, MAIL)


def test_a_survey_has_no_more_channels_than_a_page_shows(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MOST", 1)
    channels.create(survey, HOOK)

    with pytest.raises(Invalid, match="at most 1"):
        channels.create(survey, HOOK)


def test_channels_of_single_readers_take_nobody_the_place(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MOST", 1)
    with writing():
        readers.channel_for(survey, "bob@example.org")

    assert channels.create(survey, MAIL).state == "on"


def test_an_address_that_is_left_empty_stays(survey: Survey) -> None:
    channel = channels.create(survey, HOOK)

    channels.change(survey, channel.id, Given("webhook", "Data", "", []))
    assert (channel.name, channel.address, channel.types) == ("Data", URL, [])

    channels.change(survey, channel.id, Given("webhook", "Data", "https://other.example.com/", []))
    assert channel.address == "https://other.example.com/"


def test_for_a_day_after_a_rotation_both_secrets_sign(survey: Survey) -> None:
    channel = channels.create(survey, HOOK)
    old = channel.secret

    new = channels.rotate(survey, channel.id)

    assert channels.signing_secrets(channel) == [new, old]
    with time_machine.travel(now() + timedelta(hours=25)):
        assert channels.signing_secrets(channel) == [new]


def deliver(survey: Survey, channel: Channel, state: str = "due") -> int:
    """A delivery in some state."""
    with writing() as session:
        told = Notice(webhook_id=f"m{now()}", survey_id=survey.id, once=str(now()), type="x", title="x", lines=[],
                      links=[], body=b"{}")  # fmt: skip
        session.add(told)
        session.flush()
        delivery = Delivery(channel_id=channel.id, notice_id=told.id, state=state)
        session.add(delivery)
        session.flush()
        return delivery.id


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Delivery.state).order_by(Delivery.id)))


def test_switched_off_what_waits_is_cancelled_and_what_failed_is_forgotten(survey: Survey) -> None:
    channel = channels.create(survey, HOOK)
    for state in ("due", "done", "parked"):
        deliver(survey, channel, state)
    with writing():
        channel.failures, channel.failing_since, channel.rests_until = 3, now(), now()

    channels.switch(survey, channel.id, on=False)

    assert states() == ["cancelled", "done", "parked"]
    assert (channel.state, channel.failures, channel.failing_since, channel.rests_until) == ("off", 0, None, None)
    channels.switch(survey, channel.id, on=True)
    assert channel.state == "on"


def test_a_removed_channel_takes_its_log_with_it(survey: Survey) -> None:
    channel = channels.create(survey, HOOK)
    deliver(survey, channel)

    channels.remove(survey, channel.id)

    assert (channels.of(survey), states()) == ([], [])


def test_a_test_is_a_message_like_any_other(survey: Survey) -> None:
    channel = channels.create(survey, HOOK)

    channels.test(survey, channel.id)
    channels.test(survey, channel.id)

    assert states() == ["due", "due"]
    assert {one.type for one in db.session.scalars(sa.select(Notice))} == {"channel.test"}


@pytest.mark.parametrize("act", ["test", "replay", "replay_parked"])
def test_nothing_is_sent_to_a_channel_that_is_off(survey: Survey, act: str) -> None:
    channel = channels.create(survey, HOOK)
    delivery = deliver(survey, channel, "parked")
    channels.switch(survey, channel.id, on=False)

    with pytest.raises(Invalid, match="on first"):
        WAYS[act](survey, channel.id, delivery)


Way = Callable[[Survey, int, int], object]
WAYS: dict[str, Way] = {
    "test": lambda survey, id_, _delivery: channels.test(survey, id_),
    "replay": delivery_log.replay,
    "replay_parked": lambda survey, id_, _delivery: delivery_log.replay_parked(survey, id_),
    "change": lambda survey, id_, _delivery: channels.change(survey, id_, Given("webhook", "x", "", [])),
}
ACTS: dict[str, Way] = {
    **WAYS,
    "switch": lambda survey, id_, _delivery: channels.switch(survey, id_, on=False),
    "rotate": lambda survey, id_, _delivery: channels.rotate(survey, id_),
    "remove": lambda survey, id_, _delivery: channels.remove(survey, id_),
    "get": lambda survey, id_, _delivery: channels.get(survey, id_),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_channel_of_another_survey_is_not_there(survey: Survey, act: str) -> None:
    other = rows.survey("app", "App")
    channel = channels.create(other, HOOK)
    delivery = deliver(other, channel, "parked")

    with pytest.raises(NotFound):
        ACTS[act](survey, channel.id, delivery)

    assert states() == ["parked"]


def test_a_delivery_of_another_channel_is_not_there(survey: Survey) -> None:
    mine, other = channels.create(survey, HOOK), channels.create(survey, HOOK)

    with pytest.raises(NotFound):
        delivery_log.replay(survey, mine.id, deliver(survey, other, "parked"))


TURNED = [*REFUSED, *(f"https://hooks.example.com/?{address}" for address in INSIDE)]


@pytest.mark.parametrize("kind", ["webhook", "slack", "teams"])
def test_no_channel_is_made_with_an_address_that_leads_inside(
    survey: Survey, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in TURNED:
        turn(monkeypatch, url)
        with pytest.raises(Invalid) as refused:
            channels.create(survey, Given(kind, "Team", url))
        assert list(refused.value.errors) == ["address"], ascii(url)


def turn(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """From now on names stand for the address behind the question mark, if there is one."""
    address = url.partition("?")[2]
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, address if address in INSIDE else "93.184.216.34"))


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_a_channel_goes_past_the_check_of_its_address(
    survey: Survey, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channels.create(survey, HOOK)
    delivery = deliver(survey, channel, "parked")

    for url in [url for url in TURNED if "\x00" not in url]:
        set_address(channel, url)
        turn(monkeypatch, url)
        with pytest.raises(Invalid):
            WAYS[way](survey, channel.id, delivery)
    assert states() == ["parked"]


def test_no_edit_goes_past_the_check_of_its_address(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = channels.create(survey, HOOK)

    for url in filter(None, TURNED):
        turn(monkeypatch, url)
        with pytest.raises(Invalid):
            channels.change(survey, channel.id, Given("webhook", "x", url, []))
    assert channel.address == URL


def test_no_sending_goes_past_the_check_of_its_address(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = channels.create(survey, HOOK)
    deliver(survey, channel)
    leased = deliveries.lease(channel.id)
    assert leased

    for url in TURNED:
        turn(monkeypatch, url)
        outcome = sending._try(replace(leased, parcel=replace(leased.parcel, address=url)))
        assert getattr(outcome, "reason", "") == "refused address", ascii(url)


def set_address(channel: Channel, url: str) -> None:
    """As nobody can but who writes into the table."""
    with writing() as session:
        session.execute(sa.update(Channel).where(Channel.id == channel.id).values(address=url))
    db.session.refresh(channel)


def test_a_name_that_turns_inwards_after_it_was_checked_is_refused_when_it_is_sent_to(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked = rebinding("93.184.216.34", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    channel = channels.create(survey, HOOK)
    deliver(survey, channel)

    leased = deliveries.lease(channel.id)
    assert leased
    outcome = sending._try(leased)

    assert asked == ["hooks.example.com", "hooks.example.com"]
    assert getattr(outcome, "reason", "") == "refused address"
