"""Whatever we seal opens for its own purpose, for its own survey and until its own second, and never after."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.security import links, tokens
from app.security.tokens import BadTokenError, Form, Mail, Receipt

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SKEW = timedelta(minutes=2)
FORM = Form(7, "0f" * 16, int(NOON.timestamp()))
PASSWORDS = {5: "argon2id$one", 6: None}
NOTICE = Mail.to(7, 3, "ann@example.com", "case", "12")

Opens = Callable[[str], object]
SEALED: dict[str, tuple[Callable[[], str], Opens, timedelta]] = {
    "a form": (lambda: tokens.seal_form(FORM), lambda text: _fresh(tokens.open_form(text, 7, FORM.nonce)), DAY),
    "a receipt": (
        lambda: tokens.seal_receipt(Receipt(7, 42)),
        lambda text: _fresh(tokens.open_receipt(text, 7)),
        DAY,
    ),
    "an opened answer": (
        lambda: tokens.seal_opened(Receipt(7, 42)),
        lambda text: tokens.open_opened(text, 7),
        timedelta(hours=1),
    ),
    "a new password": (
        lambda: tokens.seal_reset(5, "argon2id$one"),
        lambda text: tokens.open_reset(text, PASSWORDS.get),
        DAY,
    ),
    "a link in a mail": (
        lambda: tokens.seal_mail(NOTICE),
        lambda text: _fresh(tokens.open_mail(text, "point", "case")),
        timedelta(days=7),
    ),
}


@pytest.fixture(autouse=True)
def app() -> Flask:
    """No database: tokens need the keys only."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="today-0123456789-0123456789-01234", SECRET_KEY_FALLBACKS=[])
    with app.app_context():
        yield app


def _fresh(opened: tuple[object, bool]) -> object:
    """What was sealed, refused once it is over."""
    if opened[1]:
        raise BadTokenError("expired")
    return opened[0]


def opens(what: str, text: str, at: datetime) -> bool:
    with time_machine.travel(at, tick=False):
        try:
            return SEALED[what][1](text) is not None
        except BadTokenError:
            return False


@pytest.mark.parametrize("what", SEALED)
def test_it_opens_to_its_last_second_and_not_one_longer(what: str) -> None:
    seal, _, life = SEALED[what]
    with time_machine.travel(NOON, tick=False):
        text = seal()

    seen = [NOON - SKEW - SECOND, NOON - SKEW, NOON, NOON + life, NOON + life + SKEW, NOON + life + SKEW + SECOND]

    assert [opens(what, text, at) for at in seen] == [False, True, True, True, True, False]


BEFORE = {
    "a form": ".eJyrVipWsjLXUcpTslIySMMPlXSUSpSsDM3NjYzNzEwMDGoB-RgP_w.aaQqQA"
    ".XsCJrCIYiRaRjHoKsncST8cniRilnvopgOvOW8WmA2o",
    "a receipt": "eyJzIjo3LCJpIjo0Mn0.aaQqQA.QhEa3atfWiOE459Z-vutQGWOAnvrUrso0VGUWazu7Qk",
    "an opened answer": "eyJzIjo3LCJpIjo0Mn0.aaQqQA.ofRROmbIudd0pwAjReSIAehJfwm3sOj_vYY5WpgEa-g",
    "a new password": "eyJ1Ijo1LCJwIjoiYzMwZDA2MWZlYWQ5OTUwYzZmNTdmMDk2NzM4Y2JlZWQifQ.aaQqQA"
    ".c24epKrsEUuOQr8MKQ6lA_v7fvEVFZEwPquq8WP6eZo",
    "a link in a mail": "WzcsMywiNzFkNGY1NWY3MmZhIiwiY2FzZSIsIjEyIl0.aaQqQA"
    ".YHL_e_7W2Hg2e4Baqiynwi8scXmm2OmYzt0yFHrRcwo",
}


@pytest.mark.parametrize("what", SEALED)
def test_what_was_sealed_before_an_update_still_opens_after_it(what: str) -> None:
    assert opens(what, BEFORE[what], NOON)


def test_an_invitation_from_before_an_update_still_opens() -> None:
    text = ".eJyrVspUsrLUUcpQslJKTMIPlWoBVh8Pnw.aaQqQA.HtjaBdGIsCA41JzyyVctnHvH4b4tE23EOEFTIodVfAo"

    assert tokens.open_invitation(text) == (9, "ab" * 16)


@pytest.mark.parametrize("what", SEALED)
def test_it_opens_for_its_own_purpose_alone(what: str) -> None:
    with time_machine.travel(NOON, tick=False):
        text = SEALED[what][0]()

    assert [other for other in SEALED if opens(other, text, NOON)] == [what]


@pytest.mark.parametrize("first_render", [NOON + SKEW, NOON + SKEW + SECOND])
def test_a_form_cannot_have_been_shown_later_than_clocks_may_differ(first_render: datetime) -> None:
    with time_machine.travel(NOON, tick=False):
        form = Form(7, "0f" * 16, int(first_render.timestamp()))

        if first_render == NOON + SKEW:
            assert tokens.open_form(tokens.seal_form(form), 7, form.nonce) == (form, False)
        else:
            with pytest.raises(BadTokenError):
                tokens.open_form(tokens.seal_form(form), 7, form.nonce)


def test_a_form_brings_back_all_that_was_known_of_who_answers_and_says_nothing_of_what_was_not() -> None:
    known = Form(
        7,
        "0f" * 16,
        1_772_000_000,
        "user-1",
        "said-1",
        {"plan": "pro"},
        "checkout",
        "https://a.example",
        "refused",
        True,
    )

    assert tokens.open_form(tokens.seal_form(known), 7, known.nonce)[0] == known
    assert tokens._serializer(tokens.FORM).loads(tokens.seal_form(known)) == {
        "s": 7, "n": "0f" * 16, "t": 1_772_000_000,
        "r": "user-1", "c": "said-1", "a": {"plan": "pro"}, "p": "checkout", "h": "https://a.example", "m": "refused",
        "l": True,
    }  # fmt: skip
    assert set(tokens._serializer(tokens.FORM).loads(tokens.seal_form(Form(7)))) == {"s", "n", "t"}
    assert Form(7).has_load is False


def test_who_starts_again_is_somebody_nobody_knows_at_the_same_place() -> None:
    known = Form(7, subject="user-1", claimed="said-1", attributes={"plan": "pro"}, touchpoint="checkout",
                 host="https://a.example", mark="refused", has_load=True)  # fmt: skip

    new = known.again()

    assert new.nonce != known.nonce
    assert new == Form(7, new.nonce, new.first_render, touchpoint="checkout", host="https://a.example")


@pytest.mark.parametrize("name", ["s", "n", "t"])
def test_a_form_without_a_part_of_it_is_none(name: str) -> None:
    parts = {"s": 7, "n": "n", "t": 1_772_000_000}
    whole = tokens._serializer(tokens.FORM).dumps(parts)
    torn = tokens._serializer(tokens.FORM).dumps({short: value for short, value in parts.items() if short != name})

    assert tokens.open_form(whole, 7, "n")[0].first_render == 1_772_000_000
    with pytest.raises(BadTokenError):
        tokens.open_form(torn, 7, "n")


def test_an_opened_answer_is_that_of_its_survey() -> None:
    text = tokens.seal_opened(Receipt(7, 42))

    assert tokens.open_opened(text, 7) == Receipt(7, 42)
    with pytest.raises(BadTokenError):
        tokens.open_opened(text, 8)


def test_a_new_password_is_set_once_by_whom_it_was_sent_to() -> None:
    text = tokens.seal_reset(5, "argon2id$one")

    assert tokens.open_reset(text, PASSWORDS.get) == 5
    for kept in ({5: "argon2id$two"}, {5: None}, {6: "argon2id$one"}, {5: ""}):
        with pytest.raises(BadTokenError):
            tokens.open_reset(text, kept.get)


def test_the_way_to_a_new_password_does_not_say_the_hash_of_the_old_one() -> None:
    said = tokens._serializer(tokens.RESET).loads(tokens.seal_reset(5, "argon2id$one"))

    assert said == {"u": 5, "p": hashlib.sha256(b"argon2id$one").hexdigest()[:32]}


def test_an_invitation_names_itself_and_the_beginning_of_its_hash() -> None:
    link = links.make()
    text = tokens.seal_invitation(9, links.digest(link))

    assert tokens.open_invitation(text) == (9, hashlib.sha256(link.encode()).hexdigest()[:32])
    with pytest.raises(BadTokenError):
        tokens.open_invitation(tokens.seal_reset(9, "argon2id$one"))


def test_a_secret_link_cannot_be_guessed_nor_read_from_what_is_kept() -> None:
    link = links.make()

    assert len({link, links.make(), links.make()}) == 3
    assert len(link) == 43
    assert links.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_trace_of_an_address_is_twelve_letters_that_do_not_say_it() -> None:
    assert tokens.trace("Ann@Example.com") == hashlib.sha256(b"ann@example.com").hexdigest()[:12]


def test_the_way_out_of_mails_never_ends() -> None:
    ending = Mail.to(7, 3, "ann@example.com", "end", "1")
    with time_machine.travel(NOON, tick=False):
        text = tokens.seal_mail(ending)

    with time_machine.travel(NOON + 4_000 * DAY, tick=False):
        assert tokens.open_mail(text, "end") == (ending, False)


def test_a_list_is_a_link_of_a_mail_and_nothing_else_and_the_other_way_round() -> None:
    listed = tokens._serializer(tokens.RECEIPT).dumps([7, 42])
    named = tokens._serializer(tokens.MAIL).dumps({"survey_id": 7})

    with pytest.raises(BadTokenError):
        tokens.open_receipt(listed, 7)
    with pytest.raises(BadTokenError):
        tokens.open_mail(named, "case")
