"""The hostile catalogue of the widget: what is sent, what comes back, and what is stored then. Never a fault of ours.

H10, H40 to H43 also run against a real server: tests/journeys/test_widget_over_http.py.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import SigningKey, Survey, now
from app.models.transaction import writing
from app.services import surveys
from tests.pages.reading import Page
from tests.pages.test_widget_respondents import proof
from tests.pages.visitor import Visitor, only_response, stored
from tests.security.signing import SECRET, b64, respondent_token
from tests.security.test_headers import NEVER_IN_A_FRAME, WIDGET

FORM = "application/x-www-form-urlencoded"
WORDS = "Support takes days"
Stored = list[tuple[int, str | None]]


@dataclass(frozen=True)
class Sent:
    """One POST of a form with score, words and token in it, changed as the case says."""

    id: str
    what: str
    status: int
    stored: Stored = field(default_factory=list)
    fields: Mapping[str, str | None] = field(default_factory=dict)  # None leaves a field out
    more: str = ""  # put behind the body as it is
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = FORM
    words: str | None = WORDS  # what the page that refuses shows again; None where nothing was read

    def __str__(self) -> str:
        return f"{self.id} {self.what}"


GOOD: Stored = [(3, WORDS)]
CROSS_SITE = {
    "Origin": "null",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "iframe",
}
BAIT = {"a": "a" * 3_999 + "!", "brackets": "(" * 4_000, "mail": "a@" * 2_000, "quotes": '"(((' * 1_000}
MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>",
    "<!--",
    "]]>",
    "{{7*7}}",
]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", ";=1", "'=1"]


def no_score(id_: str, *texts: str) -> list[Sent]:
    """Scores that are none: asked again, with the words."""
    return [Sent(id_, f"score {text[:20]!a}", 422, fields={"score": text}) for text in texts]


def kept(id_: str, *texts: str, **named: str) -> list[Sent]:
    """Words that are stored as they are."""
    every = {**{ascii(text): text for text in texts}, **named}
    return [Sent(id_, f"words {name}", 303, [(3, text)], {"comment": text}) for name, text in every.items()]


def no_words(id_: str, *texts: str) -> list[Sent]:
    """Words that say nothing: no comment."""
    return [Sent(id_, f"words {text!a}", 303, [(3, None)], {"comment": text}) for text in texts]


def too_long(id_: str, **named: str) -> list[Sent]:
    """More words than are taken: all of them are shown again."""
    return [Sent(id_, f"words {name}", 422, fields={"comment": text}, words=text) for name, text in named.items()]


def no_token(id_: str, **named: str | None) -> list[Sent]:
    """Tokens that are not ours: a new form with the words."""
    return [Sent(id_, f"token {name}", 403, fields={"token": text}) for name, text in named.items()]


def no_form(id_: str, *kinds: str | None) -> list[Sent]:
    """Bodies that are no plain form: not read."""
    return [Sent(id_, f"as {kind}", 415, kind=kind, words=None) for kind in kinds]


def ignored(id_: str, name: str, *texts: str) -> list[Sent]:
    """Headers that say what only a proxy may say: stored as if they were not there."""
    return [Sent(id_, f"{name}: {text[:20]}", 303, GOOD, headers={name: text}) for text in texts]


CASES = [
    # score
    Sent("H1", "no score", 422, fields={"score": None}),
    *no_score("H2", ""),
    *no_score("H3", "11", "-1", "10.0", "9.5", "9e0", "0x9", "1_0", " 9", "9 ", "09", "+9", "٩", "９", "Ⅸ", "9\x00"),
    Sent("H4", "two scores", 400, more="&score=0"),
    Sent("H5", "a score in the address too", 303, GOOD, query="?score=10&comment=no"),
    *no_score("H6", "true", "null", "NaN", "1e400", "[9]", '{"$gt":0}'),
    *no_score("H7", "99", "-0", "9" * 400),
    # comment
    *no_words("H8", "", "  ", "\r\n", "\u200b", "\ufeff"),
    *kept("H9", letters="x" * 4_000, emoji="😀" * 4_000, lines="a" + "\n" * 2_000 + "b"),
    *too_long("H9", letters="x" * 4_001, emoji="😀" * 4_001),
    Sent("H10", "100 kB", 413, fields={"comment": "x" * 100_000}, words=None),
    Sent("H11", "a NUL and other controls", 303, [(3, "ab\tc")], {"comment": "a\x00b\x7f\x1b\tc"}),
    Sent("H12", "not UTF-8", 303, [(3, "%FF%FE%ED%A0%80")], {"comment": None}, more="&comment=%ff%fe%ed%a0%80"),
    *kept("H13", *MARKUP),
    *kept("H14", "\u202emoc.live", "שלום\u2066 مرحبا", marks="e" + "\u0301" * 500),
    *kept("H15", *FORMULAS),
    *kept("H19", **BAIT),
    *kept("H20", "n/a", ".", "👍", "ไม่ชอบ", "最悪"),
    # token
    *no_token("H21", missing=None, empty="", garbage="a.b.c", large="A" * 60_000),
    *no_token("H25", packed="." + b64(b"x\x9cKL\x04\x02" * 500) + ".azGdIQ.x"),
    # frame, browser, transport
    Sent("H32", "from a frame that may only send forms", 303, GOOD, headers=CROSS_SITE),
    *no_form("H39", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", None),
    Sent("H39", "packed", 415, headers={"Content-Encoding": "gzip"}, words=None),
    *ignored("H42", "X-Forwarded-Host", "evil.example"),
    *ignored("H42", "X-Forwarded-Proto", "javascript"),
    *ignored("H42", "X-Forwarded-Prefix", "//evil.example"),
    *ignored("H42", "Forwarded", "host=evil.example"),
    *ignored("H42", "Script-Name", "/evil"),
    *ignored("H43", "X-Forwarded-For", "1.2.3.4", "unknown", "fe80::1%eth0", "1.2.3.4:99", ", ".join(["1.2.3.4"] * 50)),
    Sent("H48", "from another site with a stolen token", 303, GOOD, headers={"Origin": "https://evil.example"}),
    Sent("H48", "without one", 403, fields={"token": None}, headers={"Origin": "https://evil.example"}),
    Sent("H49", "fields that are none of theirs", 303, GOOD, more="&tenant_id=2&created_at=1&id=1&identity=verified"),
]  # fmt: skip


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = surveys.create("shop", "Acme", allowed_origins=["https://www.example.com"])
    with writing() as session:
        session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
    return survey


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def send(visitor: Visitor, case: Sent) -> TestResponse:
    """The case as a request, with everything else as an honest browser sends it."""
    page = visitor.opens(score="3")
    fields = {**page.fields, "score": "3", "comment": WORDS, "do": "send", **case.fields}
    body = urlencode({name: text for name, text in fields.items() if text is not None}) + case.more
    visitor.headers = {**visitor.headers, **case.headers}
    return visitor.client.post(
        f"{page.action}{case.query}", data=body.encode(), content_type=case.kind, headers=visitor.headers
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_is_sent_gets_an_answer_that_fits_it(visitor: Visitor, case: Sent) -> None:
    began = time.perf_counter()
    answer = send(visitor, case)

    assert answer.status_code == case.status
    assert stored() == case.stored
    assert "frame-ancestors https://www.example.com" in answer.headers["Content-Security-Policy"]
    assert {name: answer.headers.get(name) for name in WIDGET} == WIDGET
    assert [name for name in NEVER_IN_A_FRAME if name in answer.headers] == []
    assert time.perf_counter() - began < 5  # bait that is not linear takes minutes
    if case.status == 303:
        assert answer.headers["Location"].startswith("/w/shop/r/")
    elif case.words is not None:
        assert Page(answer.text).words == case.words


def test_the_page_that_refused_takes_the_answer_with_one_press(visitor: Visitor) -> None:
    for case in (one for one in CASES if one.words == WORDS and one.status in {400, 403, 422}):
        page = Page(send(visitor, case).text)
        visitor.headers = {"Accept-Language": "en"}

        visitor.sends(page, score="7", do="send")

        assert (str(case), stored()[-1]) == (str(case), (7, WORDS))


def flipped(text: str) -> list[str]:
    """The text with one character exchanged, at every place."""
    return [text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :] for i in range(len(text))]


def test_a_form_token_that_was_touched_anywhere_is_refused(visitor: Visitor) -> None:
    page = visitor.opens()
    token = page.fields["token"]
    touched = [*flipped(token), *(token[:i] for i in range(len(token))), token + "=", token + "A", f" {token}"]

    statuses = {visitor.posts(page.action or "", {"score": "3", "token": one}).status_code for one in touched}

    assert statuses == {403}
    assert stored() == []


def test_an_opened_answer_and_a_receipt_that_were_touched_anywhere_open_nothing(visitor: Visitor) -> None:
    thanks = visitor.sends(visitor.sends(visitor.opens(), score="3"), comment=WORDS, do="send")

    for link, refused in (("See or erase my answer", {403}), ("Change my answer", {404})):
        start, _, token = thanks.links[link].rpartition("/")
        touched = [*flipped(token), *(token[:i] for i in range(1, len(token)))]
        assert {visitor.client.get(f"{start}/{one}").status_code for one in touched} == refused


def jwt(header: Mapping[str, Any], signature: str = "") -> str:
    claims = {"sub": "user-4711", "aud": "http://localhost", "survey": "shop"}
    return ".".join([*(b64(json.dumps(part).encode()) for part in (header, claims)), signature])


def _payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[2] + "==="))
    return found


def resigned(**fields: Any) -> str:
    """A token that our own key signed, with other fields; None leaves one out."""
    payload = {name: value for name, value in {**_payload(proof()), **fields}.items() if value is not None}
    return respondent_token(payload)


FORGED: Mapping[str, Callable[[], str]] = {
    "H26 a JWT without an algorithm": lambda: jwt({"alg": "none"}),
    "H26 a JWT of HS256": lambda: jwt({"alg": "HS256", "typ": "JWT"}, "x" * 43),
    "H26 a JWT whose kid is a path": lambda: jwt({"alg": "HS256", "kid": "../../etc/passwd"}, "x" * 43),
    "H26 a JWT that brings its key": lambda: jwt({"alg": "RS256", "jwk": {}, "jku": "https://evil.example"}, "x"),
    "H26 no end": lambda: resigned(exp=None),
    "H26 an end in 2099": lambda: resigned(exp=4_070_908_800),
    "H26 another installation": lambda: resigned(aud="https://other.example"),
    "H26 another survey": lambda: resigned(survey="bank"),
    "H26 another spelling of ours": lambda: resigned(aud="http://localhost/"),
    "H26 an unknown key": lambda: respondent_token(_payload(proof()), kid="k9"),
    "H26 somebody else's secret": lambda: respondent_token(_payload(proof()), secret="wsk_" + "A" * 43),
    "H26 look-alike letters": lambda: proof().replace("ws1", "wѕ1"),
    "H26 a field twice": lambda: respondent_token(json.dumps(_payload(proof()))[:-1] + ', "sub": "admin"}'),
    "H26 true for a time": lambda: resigned(iat=True),
    "H26 deep nesting": lambda: respondent_token("[" * 900 + "]" * 900),
    "H28 a clock a day ahead": lambda: resigned(iat=int(time.time()) + 86_400, exp=int(time.time()) + 90_000),
    "H28 a clock a day behind": lambda: resigned(iat=int(time.time()) - 90_000, exp=int(time.time()) - 86_400),
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_proof_is_an_anonymous_answer_or_none(
    visitor: Visitor, survey: Survey, forged: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = FORGED[forged]()

    visitor.sends(visitor.opens(r=token), score="3")
    response = only_response()
    with writing() as session:
        session.get_one(Survey, survey.id).requires_signed = True
    refused = visitor.opens(r=token)

    assert (response.identity, response.respondent_id, response.mark) == ("anonymous", None, "token refused")
    assert (refused.status, refused.action) == (403, None)
    assert token not in caplog.text
    assert "respondent token refused" in caplog.text


def test_a_proof_that_was_touched_anywhere_proves_nothing(visitor: Visitor, survey: Survey) -> None:
    token = proof()
    with writing() as session:
        session.get_one(Survey, survey.id).requires_signed = True

    touched = [*flipped(token), *(token[:i] for i in range(len(token))), f"{token}=", f"{token} "]

    assert {visitor.opens(r=one).status for one in touched} == {403}
    assert visitor.opens(r=proof()).status == 200


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_clock_two_minutes_apart_is_believed(visitor: Visitor, minutes: float) -> None:
    token = resigned(iat=int(time.time()) + 60 * minutes, exp=int(time.time()) + 60 * minutes + 600)

    visitor.sends(visitor.opens(r=token), score="3")

    assert only_response().identity == "verified"


def test_a_form_of_a_retired_secret_is_taken_while_the_secret_is_named(visitor: Visitor, app: Flask) -> None:
    page, late = visitor.opens(), visitor.opens()
    old = app.config["SECRET_KEY"]
    try:
        app.config.update(SECRET_KEY="another secret, of more than 32 bytes", SECRET_KEY_FALLBACKS=[old])
        taken = visitor.posts(page.action or "", page.fields | {"score": "3"})
        app.config["SECRET_KEY_FALLBACKS"] = []
        refused = visitor.posts(late.action or "", late.fields | {"score": "9", "comment": WORDS})
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])

    assert (taken.status_code, refused.status_code) == (303, 403)
    assert Page(refused.text).words == WORDS
    assert stored() == [(3, None)]


def test_a_form_three_days_old_whose_answer_is_there_stays_one_row(visitor: Visitor) -> None:
    with time_machine.travel(now() - timedelta(days=3)):
        page = visitor.opens()
        visitor.sends(page, score="3")

    old = visitor.sends(page, score="3")
    again = visitor.sends(old, score="3", do="send")

    assert (old.status, again.status) == (422, 200)
    assert [score for score, _ in stored()] == [3]
