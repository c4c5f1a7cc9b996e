"""The respondent token: the two published vectors hold, and nothing else gives an identity."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.security.respondents import Identity, Key, RefusedError, claim, verify
from tests.security.signing import SECRET, b64, respondent_token

NOW = 1_767_225_600.0
PAYLOAD = {
    "aud": "https://nps.example",
    "survey": "checkout",
    "sub": "user-4711",
    "iat": 1_767_225_600,
    "exp": 1_767_229_200,
}
FIRST = (
    "ws1.k1.eyJhdWQiOiJodHRwczovL25wcy5leGFtcGxlIiwic3VydmV5IjoiY2hlY2tvdXQiLCJzdWIiOiJ1c2VyLTQ3MTEiLCJpYXQiOjE3Njcy"
    "MjU2MDAsImV4cCI6MTc2NzIyOTIwMH0.aFr6hWZrj38uF5YQqTv9cmFpsZGrJk008nXEj90ki7U"
)
SECOND = (
    "ws1.k1.eyJhdWQiOiJodHRwczovL25wcy5leGFtcGxlIiwic3VydmV5IjoiY2hlY2tvdXQiLCJzdWIiOiJab8OrLzAwNDciLCJpYXQiOjE3Njcy"
    "MjU2MDAsImV4cCI6MTc2NzIyOTIwMCwiYXR0cnMiOnsicGxhbiI6InBybyIsImxhbmciOiJkZSIsInNlYXRzIjoxMn19."
    "OsTNVQDq38bIHKA3jLEA7NVWkf0SE1D5kqoz68ryzNc"
)
KEYS = {"k1": Key(SECRET)}


def identity(*tokens: str, keys: dict[str, Key] = KEYS, survey: str = "checkout", now: float = NOW) -> Identity:
    return verify(tokens, keys, "https://nps.example", survey, now)


def reason(*tokens: str, **more: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        identity(*tokens, **more)
    return refused.value.reason


def changed(**fields: Any) -> str:
    payload = PAYLOAD | fields
    return respondent_token({name: value for name, value in payload.items() if value is not ...})


def test_the_first_vector_is_user_4711() -> None:
    assert len(FIRST) == 186
    assert identity(FIRST) == Identity("user-4711")


def test_the_second_vector_has_its_letters_and_attributes() -> None:
    assert identity(SECOND) == Identity("Zoë/0047", None, {"plan": "pro", "lang": "de", "seats": "12"})


def test_spacing_and_order_of_the_payload_do_not_matter() -> None:
    token = respondent_token(json.dumps(dict(reversed(PAYLOAD.items())), indent=2))

    assert identity(token) == Identity("user-4711")


def test_touchpoint_and_attributes_come_as_text() -> None:
    token = changed(touchpoint="after-order", attrs={"plan": "pro", "seats": 12, "trial": True})

    assert identity(token) == Identity("user-4711", "after-order", {"plan": "pro", "seats": "12", "trial": "true"})


@pytest.mark.parametrize("subject", ["x", "x" * 200, " user ", "ＵＳＥＲ", "e\u0301", "日本"])
def test_the_subject_is_kept_byte_for_byte(subject: str) -> None:
    assert identity(changed(sub=subject)).subject == subject


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW - 120, None),
        (NOW - 121, "clock"),
        (NOW - 86_400, "clock"),
        (NOW + 3_600 + 120, None),
        (NOW + 3_600 + 121, "expired"),
        (NOW + 86_400, "expired"),
    ],
)
def test_clocks_may_differ_by_two_minutes_and_not_by_a_day(now: float, expected: str | None) -> None:
    if expected is None:
        assert identity(FIRST, now=now).subject == "user-4711"
    else:
        assert reason(FIRST, now=now) == expected


@pytest.mark.parametrize(
    ("kind", "seconds", "passes"),
    [
        ("app", 3_600, True),
        ("app", 3_601, False),
        ("app", 1, True),
        ("app", 0, False),
        ("app", -1, False),
        ("mail", 604_800, True),
        ("mail", 604_801, False),
    ],
)
def test_a_key_limits_how_long_its_tokens_live(kind: str, seconds: int, passes: bool) -> None:
    token, keys = changed(exp=PAYLOAD["iat"] + seconds), {"k1": Key(SECRET, kind)}

    if passes:
        assert identity(token, keys=keys).subject == "user-4711"
    else:
        assert reason(token, keys=keys) == "lifetime"


def test_a_token_that_ends_in_2099_is_too_long_lived() -> None:
    assert reason(changed(exp=4_070_908_800)) == "lifetime"


FORGED = {
    "of another survey": (changed(survey="other"), "survey"),
    "of another installation": (changed(aud="https://nps.other"), "audience"),
    "with the audience's slash": (changed(aud="https://nps.example/"), "audience"),
    "with another tenant's key": (respondent_token(PAYLOAD, secret="wsk_" + "A" * 43), "signature"),
    "with an unknown key id": (respondent_token(PAYLOAD, kid="k2"), "key"),
    "with a path as key id": (respondent_token(PAYLOAD, kid="../../etc"), "form"),
    "with a look-alike key id": (respondent_token(PAYLOAD, kid="k１"), "form"),
    "issued tomorrow": (changed(iat=PAYLOAD["iat"] + 86_400, exp=PAYLOAD["exp"] + 86_400), "clock"),
    "without a subject": (changed(sub=...), "payload"),
    "without an end": (changed(exp=...), "payload"),
    "without a survey": (changed(survey=...), "payload"),
    "with an empty subject": (changed(sub=""), "payload"),
    "with a long subject": (changed(sub="x" * 201), "payload"),
    "with a line break in the subject": (changed(sub="a\nb"), "payload"),
    "with NUL in the subject": (changed(sub="a\x00"), "payload"),
    "with half a character in the subject": (changed(sub="\ud800"), "payload"),
    "with a number as subject": (changed(sub=4711), "payload"),
    "with a time as text": (changed(exp="1767229200"), "payload"),
    "with a time as fraction": (changed(iat=1_767_225_600.0), "payload"),
    "with true as time": (changed(iat=True), "payload"),
    "with an unknown field": (changed(admin=True), "payload"),
    "with a bad touchpoint": (changed(touchpoint="Check out"), "payload"),
    "with nine attributes": (changed(attrs={f"a{n}": 1 for n in range(9)}), "payload"),
    "with a nested attribute": (changed(attrs={"a": {"b": 1}}), "payload"),
    "with a long attribute": (changed(attrs={"a": "x" * 65}), "payload"),
    "with a fraction as attribute": (changed(attrs={"a": 1.5}), "payload"),
    "with nothing as attribute": (changed(attrs={"a": None}), "payload"),
    "with a name of capitals": (changed(attrs={"Plan": "pro"}), "payload"),
    "with a list of attributes": (changed(attrs=["a"]), "payload"),
    "with a repeated name": (respondent_token('{"sub":"a","sub":"b"}'), "payload"),
    "with NaN": (respondent_token('{"iat":NaN}'), "payload"),
    "that is a list": (respondent_token("[]"), "payload"),
    "that is no JSON": (respondent_token("sub=me"), "payload"),
    "that is deep": (respondent_token("[" * 1_000), "payload"),
    "that is no UTF-8": ("", "form"),
}


@pytest.mark.parametrize("name", FORGED)
def test_no_identity_from_a_token(name: str) -> None:
    token, expected = FORGED[name]

    assert reason(token) == expected


AS_LARGE_AS_IT_MAY_BE = [
    ({"touchpoint": "checkout-27"}, {"touchpoint": "checkout_27"}),
    ({"attrs": {"a_27": "x"}}, {"attrs": {"27_a": "x"}}),
    ({"touchpoint": "t"}, {"touchpoint": ""}),
    ({"touchpoint": "t" * 64}, {"touchpoint": "t" * 65}),
    ({"attrs": {"a": "x" * 64}}, {"attrs": {"a": "x" * 65}}),
    ({"attrs": {"a" * 32: "x"}}, {"attrs": {"a" * 33: "x"}}),
    ({"attrs": {f"a{n}": n for n in range(8)}}, {"attrs": {f"a{n}": n for n in range(9)}}),
    ({"attrs": {"a": ""}}, {"attrs": {"": "a"}}),
    ({"attrs": {"a": "\u00a0"}}, {"attrs": {"a": "\u0085"}}),
    ({"sub": "\u00a0"}, {"sub": "\x7f"}),
]


@pytest.mark.parametrize(("last", "next_one"), AS_LARGE_AS_IT_MAY_BE, ids=lambda fields: next(iter(fields)))
def test_a_field_is_as_large_as_it_may_be_and_no_larger(last: dict[str, Any], next_one: dict[str, Any]) -> None:
    assert identity(changed(**last)).subject == last.get("sub", "user-4711")
    assert reason(changed(**next_one)) == "payload"


@pytest.mark.parametrize(
    ("kid", "letters", "expected"),
    [
        ("k", 1, "signature"),
        ("k" * 16, 2_900, "signature"),
        ("k" * 17, 1, "form"),
        ("k", 2_901, "form"),
        ("k", 0, "form"),
    ],
)
def test_a_token_has_parts_of_these_lengths(kid: str, letters: int, expected: str) -> None:
    token = f"ws1.{kid}.{'A' * letters}.{'A' * 43}"

    assert reason(token, keys={kid: Key(SECRET)}) == expected


@pytest.mark.parametrize("letters", [42, 44])
def test_a_signature_has_43_letters(letters: int) -> None:
    assert reason(f"ws1.k1.A.{'A' * letters}") == "form"


def test_false_and_minus_one_are_attributes_as_text() -> None:
    assert identity(changed(attrs={"trial": False, "n": -1, "e": ""})).attributes == {
        "trial": "false",
        "n": "-1",
        "e": "",
    }


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["user-1"], "user-1"),
        (["x" * 200], "x" * 200),
        (["x" * 201], None),
        ([""], None),
        (["a\nb"], None),
        ([], None),
        (["user-1", "user-1"], None),
    ],
)
def test_a_claim_is_one_id_like_a_subject(ids: list[str], expected: str | None) -> None:
    assert claim(ids) == expected


@pytest.mark.parametrize("first", ["user-1", "user-4711"])
def test_a_name_that_is_given_twice_names_nobody_though_all_is_there(first: str) -> None:
    text = json.dumps(PAYLOAD)

    assert identity(respondent_token(text)).subject == "user-4711"
    assert reason(respondent_token(text.replace("{", f'{{"sub": "{first}", ', 1))) == "payload"


def test_why_a_token_is_refused_is_what_the_log_can_say() -> None:
    assert str(RefusedError("expired")) == RefusedError("expired").reason == "expired"


def test_a_revoked_key_stops_at_once() -> None:
    assert reason(FIRST, keys={}) == "key"


def test_two_live_keys_make_a_rotation() -> None:
    newer = respondent_token(PAYLOAD, kid="k2", secret="wsk_" + "B" * 43)
    keys = KEYS | {"k2": Key("wsk_" + "B" * 43)}

    assert identity(FIRST, keys=keys) == identity(newer, keys=keys)


@pytest.mark.parametrize("tokens", [(), (FIRST, FIRST), (FIRST, "")])
def test_the_parameter_is_there_once(tokens: tuple[str, ...]) -> None:
    assert reason(*tokens) == "form"


def test_every_truncation_is_refused() -> None:
    for length in range(len(FIRST)):
        assert reason(FIRST[:length]) in {"form", "key"}


def test_every_flipped_bit_is_refused() -> None:
    for position in range(len(FIRST)):
        for bit in range(7):
            flipped = bytearray(FIRST.encode())
            flipped[position] ^= 1 << bit
            assert reason(flipped.decode()) in {"form", "key", "signature"}


def test_the_last_character_has_one_spelling() -> None:
    others = [FIRST[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="]

    assert sum(token == FIRST for token in others) == 1
    assert {reason(token) for token in others if token != FIRST} == {"signature", "form"}


def test_a_payload_has_one_spelling() -> None:
    payload = b64(json.dumps(PAYLOAD | {"sub": "us"}).encode())
    spare = payload[:-1] + chr(ord(payload[-1]) + 1)

    assert reason(_signed(spare)) == "payload"


def _signed(payload: str) -> str:
    from app.security.respondents import sign

    return f"ws1.k1.{payload}.{sign(SECRET, f'ws1.k1.{payload}')}"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256", "kid": "../../dev/null"},
        {"alg": "HS256", "jku": "https://evil.example/keys"},
        {"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}},
    ],
)
def test_a_jwt_is_no_respondent_token(header: dict[str, Any]) -> None:
    token = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(PAYLOAD).encode())}.{'A' * 43}"

    assert reason(token) == "form"
