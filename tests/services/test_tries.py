"""When a delivery is tried, by whom, what is written down of it, and when a channel is given up: to the second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import Channel, Delivery, Notice, Survey, now
from app.models.transaction import NotSavedError, writing
from app.notifiers.message import Message
from app.notifiers.results import NotSent, Parcel, Sent
from app.services import carriers, deliveries, outbox, responses, schedule, sending
from app.services.responses import Answer
from tests import rows

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3_600, 86_400))
DROP = Message("nps.dropped", "NPS fell", ("From 31.", "To 19."), (("Report", "https://nps.example"),), {"nps": 19},
               "<p>NPS fell</p>", "https://nps.example/end")  # fmt: skip
NOT_NOW, NEVER, GONE = (
    NotSent("status 500", 500),
    NotSent("status 400", 400, again=False),
    NotSent("gone", is_gone=True),
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


def make(survey: Survey, kind: str = "webhook", **more: Any) -> Channel:
    with writing() as session:
        made = Channel(
            survey_id=survey.id, kind=kind, name=f"{kind} of ours", address="https://hooks.example/x", **more
        )
        session.add(made)
        return made


@pytest.fixture
def channel(survey: Survey) -> Channel:
    return make(survey)


def put(survey: Survey, channel: Channel, **values: Any) -> int:
    """A delivery as it may stand in the table; its id."""
    with writing() as session:
        outbox.put(survey, [channel.id], DROP, f"drop:{time.perf_counter_ns()}")
        made = session.scalars(sa.select(Delivery).order_by(Delivery.id.desc())).first()
        assert made
        for name, value in values.items():
            setattr(made, name, value)
        return made.id


def get(delivery: int) -> Delivery:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Delivery, delivery)


def leases(channel: Channel) -> int | None:
    leased = deliveries.lease(channel.id)
    return leased.delivery_id if leased else None


def tried(channel: Channel, outcome: Sent | NotSent) -> int:
    """Lease the next one and say what became of it; its id."""
    leased = deliveries.lease(channel.id)
    assert leased
    deliveries.record(leased, outcome)
    return leased.delivery_id


@pytest.mark.parametrize(
    ("values", "is_sent"),
    [
        ({}, True),
        ({"due_at": NOON + SECOND}, False),
        ({"due_at": NOON}, True),
        ({"leased_until": NOON}, True),
        ({"leased_until": NOON + SECOND}, False),
        ({"state": "parked"}, False),
        ({"state": "done"}, False),
        ({"state": "cancelled"}, False),
    ],
)
def test_what_is_due_and_free_is_sent(survey: Survey, channel: Channel, values: Any, is_sent: bool) -> None:
    delivery = put(survey, channel, **values)

    assert deliveries.waiting(9) == ([channel.id] if is_sent else [])
    assert leases(channel) == (delivery if is_sent else None)


@pytest.mark.parametrize(
    ("values", "is_sent"),
    [({"rests_until": NOON}, True), ({"rests_until": NOON + SECOND}, False), ({"state": "disabled"}, False)],
)
def test_a_channel_that_rests_or_is_off_gets_nothing_yet(survey: Survey, values: Any, is_sent: bool) -> None:
    channel = make(survey)
    put(survey, channel)
    with writing():
        for name, value in values.items():
            setattr(channel, name, value)

    assert deliveries.waiting(9) == ([channel.id] if is_sent else [])
    assert (leases(channel) is not None) == is_sent


def test_what_is_under_way_on_one_channel_keeps_it_and_no_other(survey: Survey, channel: Channel) -> None:
    other = make(survey)
    put(survey, channel, leased_until=NOON + SECOND)
    put(survey, channel)
    free = put(survey, other)

    assert (leases(channel), leases(other)) == (None, free)


def test_a_lease_that_has_ended_or_is_of_something_done_keeps_nobody_waiting(survey: Survey, channel: Channel) -> None:
    put(survey, channel, leased_until=NOON + SECOND, state="done")
    put(survey, channel, leased_until=NOON, due_at=NOON + HOUR)
    free = put(survey, channel)

    assert leases(channel) == free


def test_the_channel_that_waits_longest_comes_first_and_the_same_age_in_order(survey: Survey) -> None:
    new, old, same = make(survey), make(survey), make(survey)
    put(survey, same)
    put(survey, new)
    put(survey, old, due_at=NOON - MINUTE)
    put(survey, old)

    assert deliveries.waiting(9) == [old.id, new.id, same.id]
    assert not db.session().in_transaction(), "a sender that only looks keeps no picture of the tables"
    assert deliveries.waiting(2) == [old.id, new.id]


def test_of_the_same_age_the_first_that_was_told_goes_first(survey: Survey, channel: Channel) -> None:
    first = put(survey, channel)
    put(survey, channel)
    sooner = put(survey, channel, due_at=NOON - SECOND)

    assert (tried(channel, Sent()), tried(channel, Sent())) == (sooner, first)


def test_a_try_is_counted_before_it_is_made_and_is_ours_for_a_minute(survey: Survey, channel: Channel) -> None:
    delivery = put(survey, channel, attempts=3)

    leased = deliveries.lease(channel.id)

    assert leased
    assert (leased.delivery_id, leased.attempt, leased.until, leased.kind) == (delivery, 4, NOON + MINUTE, "webhook")
    assert (get(delivery).attempts, get(delivery).leased_until) == (4, NOON + MINUTE)


def test_a_parcel_holds_what_was_told(survey: Survey) -> None:
    channel = make(survey, secret="whsec_new", old_secret="whsec_old", old_secret_until=NOON + SECOND)
    delivery = put(survey, channel)

    leased = deliveries.lease(channel.id)

    assert leased
    notice = db.session.scalars(sa.select(Notice)).one()
    parcel = leased.parcel
    assert (parcel.address, parcel.id, parcel.body) == (channel.address, notice.webhook_id, notice.body)
    assert (list(parcel.secrets), parcel.delivery) == (["whsec_new", "whsec_old"], delivery)
    said = parcel.message
    assert said
    assert (said.type, said.title, said.lines, said.links) == (DROP.type, DROP.title, DROP.lines, DROP.links)
    assert (said.html, said.unsubscribe) == (DROP.html, DROP.unsubscribe)


def test_what_was_tried_to_the_end_is_parked_on_the_way_to_the_next(survey: Survey, channel: Channel) -> None:
    used_up = put(survey, channel, attempts=schedule.MOST, leased_until=NOON - SECOND, due_at=NOON - MINUTE)
    last = put(survey, channel, attempts=schedule.MOST - 1)

    assert leases(channel) == last
    one = get(used_up)
    assert (one.state, one.leased_until, one.last_at, one.last_reason) == ("parked", None, NOON, "interrupted")


def test_of_many_that_were_tried_to_the_end_ten_are_parked_at_once(survey: Survey, channel: Channel) -> None:
    for _ in range(11):
        put(survey, channel, attempts=schedule.MOST, due_at=NOON - MINUTE)
    last = put(survey, channel)

    assert leases(channel) is None
    assert [get(one).state for one in range(last - 11, last + 1)] == ["parked"] * 10 + ["due"] * 2
    assert leases(channel) == last


@pytest.mark.parametrize(
    ("told", "now_is"),
    [
        ({"attempt": 2}, {}),
        ({"until": NOON + MINUTE + SECOND}, {}),
        ({"delivery_id": 4711}, {}),
        ({}, {"state": "cancelled"}),
        ({}, {"attempts": 2}),
        ({}, {"leased_until": NOON + 2 * MINUTE}),
    ],
    ids=str,
)
def test_a_sender_is_believed_of_its_own_try_alone(
    survey: Survey, channel: Channel, told: dict[str, Any], now_is: dict[str, Any]
) -> None:
    delivery = put(survey, channel)
    leased = deliveries.lease(channel.id)
    assert leased
    with writing() as session:
        row = session.get_one(Delivery, delivery)
        for name, value in now_is.items():
            setattr(row, name, value)

    deliveries.record(replace(leased, **told), Sent(204))

    assert get(delivery).last_status is None
    assert get(delivery).state == now_is.get("state", "due")


def test_two_tries_of_one_moment_are_told_apart(survey: Survey, channel: Channel) -> None:
    other = make(survey)
    mine, theirs = put(survey, channel), put(survey, other)
    leased = deliveries.lease(channel.id)
    assert leased
    assert deliveries.lease(other.id)

    deliveries.record(leased, Sent(204))

    assert (get(mine).state, get(theirs).state) == ("done", "due")


def test_what_arrived_is_done_and_says_when(survey: Survey, channel: Channel) -> None:
    delivery = put(survey, channel, last_reason="status 500")

    tried(channel, Sent(204))

    one = get(delivery)
    assert (one.state, one.last_status, one.last_reason, one.last_at, one.leased_until) == (
        "done",
        204,
        None,
        NOON,
        None,
    )


@pytest.mark.parametrize(
    ("attempts", "outcome", "state"),
    [
        (0, NOT_NOW, "due"),
        (0, NEVER, "parked"),
        (0, GONE, "parked"),
        (schedule.MOST - 2, NOT_NOW, "due"),
        (schedule.MOST - 1, NOT_NOW, "parked"),
    ],
)
def test_what_did_not_arrive_is_put_off_or_parked(
    survey: Survey, channel: Channel, attempts: int, outcome: NotSent, state: str
) -> None:
    delivery = put(survey, channel, attempts=attempts)

    tried(channel, outcome)

    one = get(delivery)
    assert (one.state, one.last_reason, one.leased_until, one.last_at) == (state, outcome.reason, None, NOON)
    assert (one.due_at > NOON) == (state == "due")


@pytest.mark.parametrize(("wait", "least", "most"), [(None, 4, 6), (3.0, 4, 6), (7.0, 7, 7), (0.0, 4, 6)])
def test_the_next_try_waits_for_the_pause_and_for_what_the_receiver_asked(
    survey: Survey, channel: Channel, wait: float | None, least: float, most: float
) -> None:
    delivery = put(survey, channel)

    tried(channel, NotSent("status 429", 429, wait=wait))

    assert NOON + least * SECOND <= get(delivery).due_at <= NOON + most * SECOND
    rest = 5 if wait is None else wait
    assert channel.rests_until == NOON + rest * SECOND


def test_pauses_grow_from_seconds_to_a_day_and_are_spread_by_a_fifth_to_both_sides() -> None:
    assert [pause.total_seconds() for pause in schedule.PAUSES] == [
        5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]  # fmt: skip
    assert (10, timedelta(seconds=217_684)) == (schedule.MOST, schedule.SHORTEST)
    for tries in (1, 9):
        drawn = [schedule.pause(tries) / schedule.PAUSES[tries - 1] for _ in range(2_000)]
        assert 0.8 <= min(drawn) < 0.81
        assert 1.19 < max(drawn) <= 1.2


# What a channel learns from it


def test_a_channel_that_fails_remembers_since_when_and_is_well_again_at_once(
    survey: Survey, channel: Channel, clock: Any
) -> None:
    put(survey, channel)
    tried(channel, NOT_NOW)
    clock.shift(MINUTE)
    tried(channel, NOT_NOW)
    assert (channel.failing_since, channel.failures) == (NOON, 2)
    assert channel.rests_until == NOON + MINUTE + 10 * SECOND

    clock.shift(DAY)
    tried(channel, Sent(204))

    db.session.refresh(channel)
    assert (channel.failing_since, channel.failures, channel.rests_until) == (None, 0, None)


WEEKS = timedelta(days=14)


@pytest.mark.parametrize(
    ("values", "state", "attempts"),
    [
        ({"attempts": 10, "created_at": NOON - WEEKS + SECOND}, "due", 9),
        ({"attempts": 10, "created_at": NOON - WEEKS}, "parked", 10),
        ({"attempts": 9}, "parked", 9),
        ({"attempts": 3, "last_reason": "status 400"}, "parked", 3),
        ({"attempts": 3, "last_reason": "channel disabled"}, "due", 3),
        ({"attempts": 10, "last_reason": "channel disabled"}, "due", 9),
    ],
)
def test_after_something_arrived_what_was_given_up_gets_one_more_try_in_an_hour(
    survey: Survey, channel: Channel, values: Any, state: str, attempts: int
) -> None:
    parked = put(survey, channel, state="parked", **values)
    elsewhere = put(survey, make(survey), state="parked", attempts=10)
    put(survey, channel)

    tried(channel, Sent(204))

    one = get(parked)
    assert (one.state, one.attempts) == (state, attempts)
    assert one.due_at == (NOON + HOUR if state == "due" else NOON)
    assert get(elsewhere).state == "parked"


@pytest.mark.parametrize(
    ("since", "outcome", "state"),
    [
        (schedule.SHORTEST, NEVER, "disabled"),
        (schedule.SHORTEST - SECOND, NEVER, "on"),
        (schedule.SHORTEST, NOT_NOW, "on"),
        (timedelta(0), GONE, "disabled"),
    ],
)
def test_a_channel_is_given_up_after_days_in_which_nothing_arrived_or_when_it_is_gone(
    survey: Survey, channel: Channel, since: timedelta, outcome: NotSent, state: str
) -> None:
    with writing():
        channel.failing_since = NOON - since
    tries = put(survey, channel)

    assert tried(channel, outcome) == tries

    db.session.refresh(channel)
    assert channel.state == state
    assert (channel.reason is None) == (state == "on")


def test_what_waits_for_a_channel_that_is_given_up_is_parked_and_people_are_told_once(survey: Survey) -> None:
    channel, hook, of_others = make(survey), make(survey), make(rows.survey("app", "App"), "email")
    people = [make(survey, kind) for kind in ("email", "slack", "teams")]
    done, waits, elsewhere = put(survey, channel, state="done"), put(survey, channel), put(survey, hook)
    tried(channel, GONE)

    one = get(waits)
    assert (one.state, one.leased_until, one.last_at) == ("parked", None, NOON)
    assert [get(other).state for other in (done, elsewhere)] == ["done", "due"]
    told = db.session.scalars(sa.select(Notice).where(Notice.type == "channel.disabled")).one()
    assert told.once == f"channel.disabled:{channel.id}:{NOON.isoformat()}"
    assert told.title == "The channel webhook of ours of Shop is disabled"
    reason = "the receiver says that it is gone (410)"
    assert told.lines == [f"hooks.example: {reason}. What was not sent is kept, and can be sent again."]
    assert told.links == [["The channel and its log", f"http://localhost/surveys/shop/channels/{channel.id}"]]
    assert f'{{"survey":"shop","channel":{channel.id},"reason":"{reason}"}}'.encode() in told.body
    to = db.session.scalars(sa.select(Delivery.channel_id).where(Delivery.notice_id == told.id)).all()
    assert sorted(to) == [one.id for one in people]
    assert of_others.id not in to


def test_what_was_waiting_behind_it_says_that_its_channel_was_disabled(survey: Survey, channel: Channel) -> None:
    put(survey, channel)
    behind = put(survey, channel)

    tried(channel, GONE)

    assert (get(behind).state, get(behind).last_reason) == ("parked", "channel disabled")


def test_an_address_of_mail_is_not_told_to_others(survey: Survey) -> None:
    mail = make(survey, "email")
    put(survey, mail)

    tried(mail, GONE)

    lines = db.session.scalars(sa.select(Notice.lines).where(Notice.type == "channel.disabled")).one()
    assert lines[0].startswith("mail: ")
    assert lines[0].endswith(".")
    told = sa.select(Delivery).join(Notice, Notice.id == Delivery.notice_id).where(Notice.type == "channel.disabled")
    assert db.session.scalars(told).all() == []


# Who sends


def test_a_sender_gives_its_place_to_another_channel_after_half_a_minute(
    survey: Survey, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]

    class Slow:
        """A receiver that takes its time."""

        def send(self, parcel: Parcel) -> Sent:
            passed[0] += 15
            return Sent(204)

    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(carriers, "CARRIERS", {"webhook": Slow})
    for _ in range(4):
        put(survey, channel)

    assert sending.drain(channel.id) == 2
    assert sending.drain(channel.id) == 2
    assert sending.drain(channel.id) == 0


def test_a_fault_of_ours_is_logged_by_its_name_and_tried_again(
    survey: Survey, channel: Channel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        """Quotes an address when it breaks."""

        def send(self, parcel: Parcel) -> Sent:
            raise LookupError(parcel.address)

    monkeypatch.setattr(carriers, "CARRIERS", {"webhook": Broken})
    delivery = put(survey, channel)

    assert sending.drain(channel.id) == 1

    assert (get(delivery).state, get(delivery).last_reason) == ("due", "fault of ours: LookupError")
    assert [(one.name, one.getMessage()) for one in caplog.records if one.name.startswith("whyscore")] == [
        ("whyscore.sending", f"delivery {delivery}: LookupError")
    ]


@pytest.mark.parametrize(("refusals", "is_written"), [(0, True), (5, True), (6, False)])
def test_what_became_of_a_try_is_written_down_as_soon_as_the_database_lets(
    monkeypatch: pytest.MonkeyPatch, refusals: int, is_written: bool
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    written, left = [], iter([NotSavedError()] * refusals)

    def record(*tried: object) -> None:
        if error := next(left, None):
            raise error
        written.append(tried)

    if is_written:
        sending.insist(record, "leased", "outcome")
        assert written == [("leased", "outcome")]
    else:
        with pytest.raises(NotSavedError):
            sending.insist(record, "leased", "outcome")
    assert slept == [0.2, 0.5, 1.0, 2.0, 4.0][:refusals]


def test_an_answer_is_sent_without_words_for_people(survey: Survey) -> None:
    channel = make(survey, types=["response.created"], secret="whsec_new")
    responses.record(survey.id, Answer("n1", 3, "widget"))

    leased = deliveries.lease(channel.id)

    assert leased
    assert (leased.parcel.message, list(leased.parcel.secrets)) == (None, ["whsec_new"])
    assert now() == NOON
