"""Form tokens and receipts: ours, for one place, for one day, and spelled in one way."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from app.security import tokens
from app.security.tokens import BadTokenError, Form, Mail, Receipt

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY, EARLIER = "a" * 8 + "-key-of-today-0123456789", "b" * 8 + "-key-of-before-987654321"


@pytest.fixture
def app() -> Flask:
    """No database: tokens need the keys only."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=[])
    with app.app_context():
        yield app


pytestmark = pytest.mark.usefixtures("app")


def test_a_form_comes_back_with_everything_it_was_given() -> None:
    form = Form(7, subject="user-1", attributes={"plan": "pro"}, touchpoint="checkout", host="https://a.example")

    assert tokens.open_form(tokens.seal_form(form), 7, form.nonce) == (form, False)


def test_two_forms_are_two_responses() -> None:
    assert Form(7).nonce != Form(7).nonce
    assert len(Form(7).nonce) == 32


def test_a_plain_form_token_is_short_enough_for_any_page() -> None:
    assert len(tokens.seal_form(Form(7))) <= 140


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), False),
        (timedelta(seconds=-119), False),
        (DAY + timedelta(seconds=119), False),
        (DAY + timedelta(seconds=122), True),
        (timedelta(days=400), True),
    ],
)
def test_a_form_lasts_a_day_and_clocks_may_differ_by_two_minutes(age: timedelta, expected: bool) -> None:
    with time_machine.travel(NOON, tick=False):
        form = Form(7)
        token = tokens.seal_form(form)

    with time_machine.travel(NOON + age, tick=False):
        assert tokens.open_form(token, 7, form.nonce) == (form, expected)


@pytest.mark.parametrize("seconds", [122, 3_600, 10**9])
def test_a_form_from_the_future_is_not_ours(seconds: int) -> None:
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        form = Form(7)
        token = tokens.seal_form(form)

    with time_machine.travel(NOON, tick=False), pytest.raises(BadTokenError):
        tokens.open_form(token, 7, form.nonce)


def test_a_form_whose_first_render_lies_in_the_future_is_not_ours() -> None:
    form = Form(7, first_render=int(datetime.now(UTC).timestamp()) + 500)

    with pytest.raises(BadTokenError):
        tokens.open_form(tokens.seal_form(form), 7, form.nonce)


def test_a_form_of_another_survey_or_another_nonce_is_refused() -> None:
    form = Form(7)
    token = tokens.seal_form(form)

    for survey, nonce in [(8, form.nonce), (7, Form(7).nonce), (7, "")]:
        with pytest.raises(BadTokenError):
            tokens.open_form(token, survey, nonce)


def test_a_retired_key_verifies_until_it_leaves_the_fallbacks(app: Flask) -> None:
    form = Form(7)
    app.config["SECRET_KEY"] = EARLIER
    token = tokens.seal_form(form)

    app.config.update(SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=[EARLIER])
    assert tokens.open_form(token, 7, form.nonce)[0] == form
    app.config["SECRET_KEY_FALLBACKS"] = []
    with pytest.raises(BadTokenError):
        tokens.open_form(token, 7, form.nonce)


def test_the_newest_key_signs(app: Flask) -> None:
    app.config["SECRET_KEY_FALLBACKS"] = [EARLIER]
    form = Form(7)
    token = tokens.seal_form(form)

    app.config["SECRET_KEY_FALLBACKS"] = []

    assert tokens.open_form(token, 7, form.nonce)[0] == form


def test_a_receipt_is_not_a_form_and_a_form_is_not_a_receipt() -> None:
    form = Form(7)

    with pytest.raises(BadTokenError):
        tokens.open_receipt(tokens.seal_form(form), 7)
    with pytest.raises(BadTokenError):
        tokens.open_form(tokens.seal_receipt(Receipt(7, 1)), 7, form.nonce)


def test_a_receipt_names_one_response_of_one_survey() -> None:
    receipt = tokens.seal_receipt(Receipt(7, 42))

    assert tokens.open_receipt(receipt, 7) == (Receipt(7, 42), False)
    with pytest.raises(BadTokenError):
        tokens.open_receipt(receipt, 8)


def refused(text: str) -> bool:
    try:
        tokens.open_receipt(text, 7)
    except BadTokenError:
        return True
    return False


def test_every_truncation_is_refused() -> None:
    receipt = tokens.seal_receipt(Receipt(7, 42))

    assert all(refused(receipt[:length]) for length in range(len(receipt)))


def test_every_flipped_bit_is_refused() -> None:
    receipt = tokens.seal_receipt(Receipt(7, 42)).encode()

    for position in range(len(receipt)):
        for bit in range(7):
            flipped = bytearray(receipt)
            flipped[position] ^= 1 << bit
            assert refused(flipped.decode("latin-1")), (position, bit)


@pytest.mark.parametrize("junk", ["=", "==", "!", "\n", " ", ".", "A"])
def test_no_other_spelling_passes(junk: str) -> None:
    receipt = tokens.seal_receipt(Receipt(7, 42))

    assert refused(receipt + junk)
    assert refused(junk + receipt)


def test_the_spare_bits_of_the_last_character_are_no_second_spelling() -> None:
    receipt = tokens.seal_receipt(Receipt(7, 42))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    same = [last for last in alphabet if not refused(receipt[:-1] + last)]

    assert same == [receipt[-1]]


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "\x00", "ü" * 60_000, "A" * 60_000])
def test_garbage_is_refused(text: str) -> None:
    assert refused(text)
    with pytest.raises(BadTokenError):
        tokens.open_form(text, 7, "n")


def test_nothing_is_unpacked_before_the_signature_holds() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"0" * 50_000_000)).rstrip(b"=").decode()

    started = datetime.now(UTC)
    assert refused(f".{bomb}.aaaaaa.{'A' * 43}")

    assert datetime.now(UTC) - started < timedelta(milliseconds=200)


@pytest.mark.parametrize(
    "payload", [[], "text", 7, None, {}, {"s": 7}, {"s": 7, "n": "n"}, {"s": 7, "n": "n", "t": "x"}]
)
def test_a_signed_payload_of_another_shape_is_refused(payload: object) -> None:
    made = tokens._serializer(tokens.FORM).dumps(payload)

    with pytest.raises(BadTokenError):
        tokens.open_form(made, 7, "n")


def test_the_format_is_the_documented_one() -> None:
    serializer = URLSafeTimedSerializer(
        KEY, salt="whyscore.receipt.1", signer_kwargs={"digest_method": "sha256", "key_derivation": "hmac"}
    )
    payload = tokens.seal_receipt(Receipt(7, 42)).split(".")[0]

    assert serializer.salt == b"whyscore.receipt.1"
    assert json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))) == {"s": 7, "i": 42}


# Links in mails


MAIL = Mail.to(7, 3, "Ann@example.com", "point", "support-speed")


def test_a_link_in_a_mail_comes_back_and_does_not_say_whose_it_is() -> None:
    text = tokens.seal_mail(MAIL)

    assert tokens.open_mail(text, "point") == (MAIL, False)
    assert MAIL.reader == tokens.trace("ann@EXAMPLE.com")
    assert "ann" not in base64.urlsafe_b64decode(text.split(".")[0] + "==").decode().lower()


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), False),
        (timedelta(seconds=-119), False),
        (7 * DAY + timedelta(seconds=119), False),
        (7 * DAY + timedelta(seconds=122), True),
    ],
)
def test_a_link_in_a_mail_lasts_seven_days_and_only_the_way_out_for_ever(age: timedelta, expected: bool) -> None:
    ending = Mail.to(7, 3, "ann@example.com", "end", "1")
    with time_machine.travel(NOON, tick=False):
        text, out = tokens.seal_mail(MAIL), tokens.seal_mail(ending)
    with time_machine.travel(NOON + age, tick=False):
        assert tokens.open_mail(text, "point")[1] == expected
        assert tokens.open_mail(out, "end") == (ending, False)


def test_a_link_in_a_mail_opens_no_other_page_and_no_other_token_opens_its_page() -> None:
    for kind in ("case", "confirm", "end"):
        with pytest.raises(BadTokenError):
            tokens.open_mail(tokens.seal_mail(MAIL), kind)  # type: ignore[arg-type]
    for text in (tokens.seal_receipt(Receipt(7, 1)), tokens.seal_form(Form(7)), "", "x.y.z"):
        with pytest.raises(BadTokenError):
            tokens.open_mail(text, "point")


@pytest.mark.parametrize("payload", [[], [1], [1, 2, "x", "point", "y", "more"], {"s": 7}, "point", None])
def test_a_signed_payload_of_another_shape_opens_nothing(payload: object) -> None:
    with pytest.raises(BadTokenError):
        tokens.open_mail(tokens._serializer(tokens.MAIL).dumps(payload), "point")
