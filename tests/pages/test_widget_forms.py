"""What a form says is read in one way: the eleven scores and nothing like them, and words that are never lost."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.exceptions import UnsupportedMediaType as Unsupported

from app.analysis.metrics import METRICS
from app.errors import Invalid
from app.pages import widget_forms
from app.pages.widget_forms import Draft, check, read

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def app() -> Flask:
    """No database: a form is read before anything is looked up."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    return app


def sent(app: Flask, body: bytes | BytesIO, *, says: int | None, token: str | None = None, **environ: Any) -> Draft:
    """What comes of a body whose sender says that it has this length, or none."""
    given = {
        "REQUEST_METHOD": "POST",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body) if isinstance(body, bytes) else body,
        "CONTENT_TYPE": FORM,
        **({} if says is None else {"CONTENT_LENGTH": str(says)}),
        **environ,
    }
    draft = Draft("/w/shop/send/n", token=token)
    with app.request_context(given):
        read(draft)
    return draft


def take(app: Flask, body: bytes, token: str | None = None, **environ: Any) -> Draft:
    return sent(app, body, says=len(body), token=token, **environ)


@pytest.mark.parametrize(
    ("text", "score"),
    [*((str(score), score) for score in range(11)), ("11", None), ("-1", None), ("", None), ("9.0", None),
     ("٧", None), (" 7", None), ("07", None), ("x", None)],
)  # fmt: skip
def test_a_score_is_one_of_the_eleven_and_nothing_like_it(text: str, score: int | None) -> None:
    draft = Draft("/", {"score": text})

    assert draft.score == score
    if score is None:
        with pytest.raises(Invalid) as refused:
            check(draft, needs_score=False)
        assert refused.value.errors == {"score": ["Choose a number from 0 to 10."]}
    else:
        check(draft, needs_score=True)


def test_a_missing_score_is_a_mistake_only_where_one_is_needed() -> None:
    check(Draft("/", {"comment": "slow"}), needs_score=False)
    with pytest.raises(Invalid) as refused:
        check(Draft("/", {"comment": "slow"}), needs_score=True)
    assert set(refused.value.errors) == {"score"}


@pytest.mark.parametrize(
    ("letters", "do", "errors"), [(4_000, "send", set()), (4_001, "send", {"comment"}), (4_001, "skip", set())]
)
def test_words_are_too_long_from_one_letter_on_unless_they_are_skipped(letters: int, do: str, errors: set[str]) -> None:
    draft = Draft("/", {"score": "3", "comment": "x" * letters, "do": do})

    if not errors:
        check(draft, needs_score=True)
        return
    with pytest.raises(Invalid) as refused:
        check(draft, needs_score=True)
    assert refused.value.errors == {"comment": ["At most 4000 characters."]}


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        check(Draft("/", {"score": "11", "comment": "x" * 4_001}), needs_score=True)

    assert set(refused.value.errors) == {"score", "comment"}


@pytest.mark.parametrize(("metric", "low", "high", "top"), [("nps", 0, 10, 9), ("csat", 1, 5, 4), ("ces", 1, 7, 5)])
def test_each_scale_has_its_scores_and_asks_the_highest_group_what_they_value(
    metric: str, low: int, high: int, top: int
) -> None:
    drafts = [Draft("/", {"score": str(score)}, metric=METRICS[metric]) for score in range(-1, 12)]

    assert [draft.score for draft in drafts if draft.score is not None] == list(range(low, high + 1))
    assert [draft.score for draft in drafts if draft.is_about_strengths] == list(range(top, high + 1))
    assert not Draft("/", metric=METRICS[metric]).is_about_strengths
    with pytest.raises(Invalid) as refused:
        check(drafts[0], needs_score=True)
    assert refused.value.errors == {"score": [f"Choose a number from {low} to {high}."]}


@pytest.mark.parametrize(("asked", "score", "expected"), [("3", "4", True), ("4", "5", False), ("5", "3", True)])
def test_of_another_scale_the_other_question_begins_elsewhere(asked: str, score: str, expected: bool) -> None:
    draft = Draft("/", {"asked": asked, "score": score}, metric=METRICS["csat"])

    assert draft.asks_the_wrong_question is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"asked": "3", "score": "9"}, True),
        ({"asked": "9", "score": "8"}, True),
        ({"asked": "3", "score": "8"}, False),
        ({"asked": "9", "score": "10"}, False),
        ({"asked": "3", "score": "9", "comment": "slow"}, False),
        ({"asked": "3", "score": "9", "comment": " \n"}, True),
        ({"asked": "3", "score": "9", "do": "skip"}, False),
        ({"asked": "3", "score": "9", "do": "send"}, True),
        ({"asked": "3"}, False),
        ({"asked": "9"}, False),
        ({"asked": "x", "score": "9"}, False),
        ({"score": "9"}, False),
    ],
)
def test_who_moves_to_the_other_question_without_a_word_is_asked_that_one(fields: Any, expected: bool) -> None:
    assert Draft("/", fields).asks_the_wrong_question is expected


def test_a_draft_knows_its_words_and_whether_it_was_asked_for_some() -> None:
    assert (Draft("/").words, Draft("/").has_words_field, Draft("/").is_skipped) == ("", False, False)
    draft = Draft("/", {"comment": "so\r\nslow", "do": "skip"})
    assert (draft.words, draft.has_words_field, draft.is_skipped) == ("so\nslow", True, True)
    assert Draft("/", {"comment": ""}).has_words_field


def test_a_form_is_read_as_it_was_sent(app: Flask) -> None:
    draft = take(app, b"score=3&comment=zu+tr%C3%A4ge&token=sealed&x=1")

    assert draft.fields == {"score": "3", "comment": "zu träge", "token": "sealed", "x": "1"}
    assert draft.token == "sealed"
    assert take(app, b"token=sent", token="ours").token == "ours"
    assert take(app, b"score=3").token == ""


@pytest.mark.parametrize("name", ["score", "comment", "token", "do", "asked"])
def test_what_is_said_twice_is_said_by_no_form_of_ours_and_the_first_is_shown_again(app: Flask, name: str) -> None:
    draft = Draft("/")
    with (
        app.test_request_context(method="POST", data=f"{name}=1&{name}=2", content_type=FORM),
        pytest.raises(BadRequest),
    ):
        read(draft)

    assert draft.fields == {name: "1"}


def test_fields_that_nobody_knows_may_repeat_but_there_are_twenty_at_most(app: Flask) -> None:
    assert take(app, b"&".join([b"x=1"] * 20)).fields == {"x": "1"}
    with pytest.raises(BadRequest):
        take(app, b"&".join([b"x=1"] * 21))


def test_what_is_no_utf8_is_refused(app: Flask) -> None:
    assert take(app, "score=3&comment=zu träge".encode()).words == "zu träge"
    with pytest.raises(BadRequest):
        take(app, b"score=3&comment=tr\xe4ge")


@pytest.mark.parametrize(
    ("content_type", "more", "is_read"),
    [
        (FORM, {}, True),
        (f"{FORM}; charset=utf-8", {}, True),
        (f"{FORM}; charset=UTF8", {}, True),
        (f"{FORM}; charset=latin-1", {}, False),
        ("text/plain", {}, False),
        ("application/json", {}, False),
        ("multipart/form-data; boundary=x", {}, False),
        (FORM, {"HTTP_CONTENT_ENCODING": "gzip"}, False),
    ],
)
def test_only_a_plain_form_is_read(app: Flask, content_type: str, more: dict[str, str], is_read: bool) -> None:
    if is_read:
        assert take(app, b"score=3", CONTENT_TYPE=content_type).fields == {"score": "3"}
        return
    with pytest.raises(Unsupported):
        take(app, b"score=3", CONTENT_TYPE=content_type, **more)


@pytest.mark.parametrize(("size", "is_read"), [(1_000, True), (1_001, False)])
def test_a_body_may_be_as_long_as_the_limit(app: Flask, size: int, is_read: bool) -> None:
    body = BytesIO(b"comment=" + b"x" * (size - 8))
    if is_read:
        assert len(sent(app, body, says=size).words) == size - 8
        return
    with pytest.raises(RequestEntityTooLarge):
        sent(app, body, says=size)
    assert body.tell() == size, "a browser reads the refusal only when it has sent everything"


@pytest.mark.parametrize("server", [{}, {"wsgi.input_terminated": True}], ids=["counts", "ends its input"])
def test_half_an_answer_is_none(app: Flask, server: dict[str, Any]) -> None:
    with pytest.raises(ClientDisconnected):
        sent(app, b"score=3&comment=so", says=30, **server)
    assert sent(app, b"score=3&comment=so", says=18, **server).words == "so"


@pytest.mark.parametrize(("size", "is_read"), [(1_000, True), (1_001, False), (70_000, False)])
def test_a_body_in_pieces_is_measured_too(app: Flask, size: int, is_read: bool) -> None:
    body = BytesIO(b"comment=" + b"x" * (size - 8))
    pieces = {"says": None, "wsgi.input_terminated": True}
    if is_read:
        assert len(sent(app, body, **pieces).words) == size - 8
        return
    with pytest.raises(RequestEntityTooLarge):
        sent(app, body, **pieces)
    assert body.tell() == size


def test_a_server_that_does_not_say_where_its_input_ends_is_not_asked_for_more(app: Flask) -> None:
    body = BytesIO(b"score=3")

    assert sent(app, body, says=None).fields == {}
    assert body.tell() == 0


@pytest.mark.parametrize(("length", "taken"), [(5_000, 5_000), (65_537, 65_537), (40_000_000, 16 * 1024 * 1024)])
def test_what_is_refused_is_thrown_away_up_to_a_bound(app: Flask, length: int, taken: int) -> None:
    class Endless(BytesIO):
        """As long as anybody wants to read."""

        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= 65_536
            self.taken += size
            return b"x" * size

    body = Endless()
    with pytest.raises(RequestEntityTooLarge):
        sent(app, body, says=length)
    assert body.taken == taken


def test_a_sender_that_goes_away_while_it_is_thrown_away_keeps_nobody(app: Flask) -> None:
    body = BytesIO(b"x" * 2_000)
    with pytest.raises(RequestEntityTooLarge):
        sent(app, body, says=5_000)
    assert body.tell() == 2_000


def test_a_limit_that_is_not_set_lets_nothing_through(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = None
    with pytest.raises(RequestEntityTooLarge):
        take(app, b"score=3")
    assert widget_forms.MOST_THROWN_AWAY == 16_777_216
