"""Receipt codes: readable, forgiving to type, kept as a hash, and alive while their secret is in use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.security import receipt_codes

OLD, NEW = "the first secret, of more than 32 bytes", "the second secret, of more than 32 bytes"


@pytest.fixture
def secrets() -> Iterator[Flask]:
    """An application that is nothing but its secrets."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=OLD, SECRET_KEY_FALLBACKS=[])
    with app.app_context():
        yield app


def rotate(app: Flask, *, keep: bool) -> None:
    app.config.update(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD] if keep else [])


@pytest.mark.usefixtures("secrets")
def test_a_code_is_eight_characters_that_nobody_confuses() -> None:
    codes = {receipt_codes.of(1, f"n{n}", receipt_codes.new_hash(1, f"n{n}")) or "" for n in range(500)}

    assert len(codes) == 500
    assert set("".join(codes)) == set(receipt_codes.ALPHABET) | {"-"}
    assert {len(code) for code in codes} == {9}


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("survey", "nonce", "code", "kept"),
    [
        (1, "n", "6BEY-2E9N", "ccafeb64df7eb91c2dfc850a5bf64d375bb896f6c811a1c5798ea90050713069"),
        (7, "0f" * 16, "EBC2-FJ8T", "4fbc52eada79de5740f9227fa1770a1d8326c61c3471adc6327536a4a246df26"),
    ],
)
def test_a_code_that_somebody_wrote_down_opens_their_answer_for_ever(
    survey: int, nonce: str, code: str, kept: str
) -> None:
    assert receipt_codes.new_hash(survey, nonce) == kept
    assert receipt_codes.of(survey, nonce, kept) == code
    assert receipt_codes.hashes(survey, code) == [kept]


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("kept", [None, "", "0" * 64])
def test_an_answer_without_a_code_shows_none(kept: str | None) -> None:
    assert receipt_codes.of(1, "n", kept) is None


@pytest.mark.usefixtures("secrets")
def test_a_code_does_not_stand_in_what_is_kept_and_differs_by_survey() -> None:
    code = receipt_codes.of(1, "n", receipt_codes.new_hash(1, "n")) or ""

    assert code.replace("-", "") not in receipt_codes.new_hash(1, "n").upper()
    assert receipt_codes.hashes(1, code) == [receipt_codes.new_hash(1, "n")]
    assert receipt_codes.hashes(2, code) != [receipt_codes.new_hash(1, "n")]


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    "typed", ["k0qf-1m9d", "KOQF 1M9D", "koqflm9d", " K0QF\u2011IM9D\n", "K0QF–1M9D", "K0QF‐1\tM9\r\nD"]
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert receipt_codes.hashes(1, typed) == receipt_codes.hashes(1, "K0QF-1M9D")


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    "typed", ["", "K0QF-1M9", "K0QF-1M9DD", "UUUU-UUUU", "ＫＯＱＦ１Ｍ９Ｄ", "K0QF\x001M9D", "' OR 1=1"]
)
def test_what_cannot_be_a_code_is_not_looked_for(typed: str) -> None:
    assert receipt_codes.hashes(1, typed) == ()


def test_a_code_outlives_a_change_of_the_secret_as_long_as_the_old_one_is_named(secrets: Flask) -> None:
    kept = receipt_codes.new_hash(1, "n")
    code = receipt_codes.of(1, "n", kept) or ""

    rotate(secrets, keep=True)
    assert receipt_codes.of(1, "n", kept) == code
    assert kept in receipt_codes.hashes(1, code)

    assert receipt_codes.hashes(1, code)[0] == receipt_codes._kept(NEW.encode(), 1, code.replace("-", ""))
    assert receipt_codes.new_hash(1, "n") != kept

    rotate(secrets, keep=False)
    assert receipt_codes.of(1, "n", kept) is None
    assert kept not in receipt_codes.hashes(1, code)
