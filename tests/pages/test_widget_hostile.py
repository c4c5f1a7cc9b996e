"""What nobody should send, and what happens when they do: an answer, never a fault, never two rows, no lost words."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.analysis.text.clean import normalise
from app.extensions import db
from app.models import Survey, now
from app.models.transaction import writing
from app.services import surveys
from tests.pages.reading import Page
from tests.pages.visitor import Visitor, earlier_scores, events, only_response, stored

FORM = "application/x-www-form-urlencoded"
WORDS = "First line\nsecond <b>line</b> & more"


@pytest.fixture
def survey(app: Flask) -> Survey:
    return surveys.create("shop", "Acme")


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


@pytest.mark.parametrize("score", ["", "11", "-1", "10.0", "9.5", "9e0", "0x9", "1_0", " 9", "09", "+9", "٩", "９"])
def test_a_score_off_the_scale_is_asked_again(visitor: Visitor, score: str) -> None:
    page = visitor.sends(visitor.opens(score="5"), score=score, comment=WORDS, do="send")

    assert page.status == 422
    assert "Choose a number from 0 to 10." in page.said
    assert page.title == "Error: Feedback about Acme"
    assert page.words == WORDS
    assert stored() == []


def test_a_missing_score_is_asked_again_with_the_buttons(visitor: Visitor) -> None:
    page = visitor.sends(visitor.opens())

    assert (page.status, len(page.buttons)) == (422, 11)
    assert "Choose a number from 0 to 10." in page.said


def test_the_page_that_refused_takes_the_answer_with_one_press(visitor: Visitor) -> None:
    page = visitor.sends(visitor.opens())

    visitor.sends(page, score="4")

    assert stored() == [(4, None)]


@pytest.mark.parametrize("field", ["score", "comment", "token", "do", "asked"])
def test_a_known_field_given_twice_is_refused_with_its_words(visitor: Visitor, field: str) -> None:
    page = visitor.opens()
    fields = page.fields | {"score": "9", "comment": WORDS, "do": "send", "asked": "9"}

    answer = visitor.posts(page.action or "", f"{urlencode(fields)}&{field}=0", content_type=FORM)

    again = Page(answer.text, answer.status_code)
    assert (again.status, again.words) == (400, WORDS)
    assert stored() == []


def test_twenty_one_fields_are_too_many_and_unknown_ones_are_ignored(visitor: Visitor) -> None:
    page = visitor.opens()

    many = visitor.sends(page, score="9", comment=WORDS, **{f"f{n}": "" for n in range(18)})
    few = visitor.sends(page, score="9", comment=WORDS, tenant="2", quarantined="0")

    assert (many.status, many.words) == (400, WORDS)
    assert few.status == 200
    assert stored() == [(9, WORDS)]


def test_a_score_in_the_address_counts_for_nothing(visitor: Visitor) -> None:
    page = visitor.opens()

    visitor.posts(f"{page.action}?score=10&comment=no", page.fields | {"score": "2"})

    assert stored() == [(2, None)]


@pytest.mark.parametrize("comment", ["", "   ", "\r\n\r\n", "\u200b\u200d", "\ufeff", "\x00"])
def test_nothing_to_read_is_no_comment(visitor: Visitor, comment: str) -> None:
    visitor.sends(visitor.opens(score="6"), comment=comment, do="send")

    assert stored() == [(6, None)]


@pytest.mark.parametrize("unit", ["x", "字", "😀", "\r\n"])
def test_four_thousand_characters_are_kept_and_one_more_is_not(visitor: Visitor, unit: str) -> None:
    longest = "a" + unit * 3_999
    page = visitor.opens(score="6")

    refused = visitor.sends(page, comment=longest + unit, do="send")
    assert (refused.status, refused.words) == (422, normalise(longest + unit))
    assert "Shorten your comment to 4000 characters." in refused.said

    visitor.sends(refused, comment=longest, do="send")
    assert stored() == [(6, normalise(longest))]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(visitor: Visitor) -> None:
    page = visitor.opens()
    exactly = f"score=3&token={page.fields['token']}&x="

    fits = visitor.posts(page.action or "", exactly + "x" * (65_536 - len(exactly)), content_type=FORM)
    large = visitor.posts(page.action or "", exactly + "x" * (65_537 - len(exactly)), content_type=FORM)
    huge = visitor.posts(page.action or "", b"x" * 10_000_000, content_type=FORM)

    assert [answer.status_code for answer in (fits, large, huge)] == [303, 413, 413]
    assert Page(huge.text).heading == "Your answer is too long to be read. Please go back and shorten it."


BYTES = {
    b"a%00b": "ab",
    b"a%01%7fb%09c": "ab\tc",
    b"%ff%fe": "%FF%FE",
    b"%ed%a0%80": "%ED%A0%80",
    b"a%0d%0ab%0dc": "a\nb\nc",
    b"%E2%80%AEright to left": "\u202eright to left",
}


@pytest.mark.parametrize("sent", BYTES)
def test_odd_bytes_are_stored_as_the_same_text_everywhere(visitor: Visitor, sent: bytes) -> None:
    page = visitor.opens(score="3")
    token = page.fields["token"].encode()

    visitor.posts(page.action or "", b"score=3&do=send&token=" + token + b"&comment=" + sent, content_type=FORM)

    assert stored() == [(3, BYTES[sent])]


def test_a_body_that_is_not_utf8_is_refused(visitor: Visitor) -> None:
    answer = visitor.posts(visitor.opens().action or "", b"score=3&comment=\xff\xfe", content_type=FORM)

    assert answer.status_code == 400


MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "{name} {0} %s %(x)s",
    "&lt;b&gt; &amp;",
    "\n\nstarts with lines",
]


@pytest.mark.parametrize("comment", MARKUP)
def test_markup_is_text_on_the_way_in_and_back(visitor: Visitor, comment: str) -> None:
    question = visitor.opens()
    tags = {tag for tag, _ in question.tags}
    thanks = visitor.sends(visitor.sends(question, score="3"), comment=comment, do="send")

    again = visitor.opens(thanks.links["Change my answer"])

    assert stored() == [(3, comment)]
    assert again.words == comment
    assert "script" not in tags | {tag for tag, _ in again.tags}
    assert not any(name.startswith("on") for _, given in again.tags for name in given)


@pytest.mark.parametrize("name", ["<script>", '"Acme"', "{score}", "{0}", "Acme & Söhne", "\u202eemcA", "%s"])
def test_a_product_name_is_text_too(client: FlaskClient, app: Flask, name: str) -> None:
    surveys.create("named", name)

    page = Visitor(client, "named").opens()

    assert page.heading == f"How likely are you to recommend {name} to a friend or colleague?"
    assert f"<bdi>{escape(name).replace('&quot;', '&#34;')}</bdi>" in page.html


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        f"{FORM}; charset=utf-16",
        "garbage",
    ],
)
def test_only_a_plain_form_is_read(visitor: Visitor, kind: str | None) -> None:
    page = visitor.opens()
    body = urlencode(page.fields | {"score": "3"}).encode()

    answer = visitor.client.post(page.action, data=body, content_type=kind)

    assert answer.status_code == 415
    assert stored() == []


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_a_plain_form_may_name_its_letters(visitor: Visitor, kind: str) -> None:
    page = visitor.opens()

    answer = visitor.posts(page.action or "", urlencode(page.fields | {"score": "3"}), content_type=kind)

    assert answer.status_code == 303


def test_a_packed_body_is_not_unpacked(visitor: Visitor) -> None:
    visitor.headers["Content-Encoding"] = "gzip"

    assert visitor.posts(visitor.opens().action or "", {"score": "3"}).status_code == 415


@pytest.mark.parametrize("token", [None, "", "garbage", "a.b.c", "A" * 60_000])
def test_a_token_that_is_not_ours_gets_a_new_form_with_the_words(visitor: Visitor, token: str | None) -> None:
    page = visitor.opens(score="5")
    fields = {"score": "2", "comment": WORDS, "do": "send"} | ({} if token is None else {"token": token})

    answer = visitor.posts(page.action or "", fields)
    again = Page(answer.text, answer.status_code)

    assert (again.status, again.words, again.chosen) == (403, WORDS, "2")
    assert again.action != page.action
    assert stored() == []
    visitor.sends(again, do="send")
    assert stored() == [(2, WORDS)]


def test_a_nonce_in_the_path_that_is_not_the_tokens_is_refused(visitor: Visitor) -> None:
    page = visitor.opens()

    answer = visitor.posts("/w/shop/send/" + "0" * 32, page.fields | {"score": "3"})

    assert answer.status_code == 403
    assert stored() == []


def test_a_form_of_another_survey_is_refused(visitor: Visitor) -> None:
    surveys.create("bank", "Bank")
    page = visitor.opens()

    answer = visitor.posts((page.action or "").replace("/shop/", "/bank/"), page.fields | {"score": "3"})

    assert answer.status_code == 403


def test_a_form_three_days_old_keeps_its_words_and_one_press_sends_it(visitor: Visitor) -> None:
    with time_machine.travel(now() - timedelta(days=3), tick=False):
        page = visitor.opens(score="4")

    old = visitor.sends(page, comment=WORDS, do="send")
    assert (old.status, old.words, old.chosen) == (422, WORDS, "4")
    assert "This form has expired. Please send your answer again." in old.said
    assert old.action == page.action

    visitor.sends(old, do="send")
    visitor.sends(old, do="send")
    assert stored() == [(4, WORDS)]


def test_an_old_question_is_answered_again(visitor: Visitor) -> None:
    with time_machine.travel(now() - timedelta(days=3), tick=False):
        page = visitor.opens()

    old = visitor.sends(page)

    assert len(old.buttons) == 11
    assert "This form has expired. Please choose your score again." in old.said


def test_one_form_sent_often_is_one_response(visitor: Visitor) -> None:
    page = visitor.opens()

    statuses = {visitor.posts(page.action or "", page.fields | {"score": "3"}).status_code for _ in range(100)}

    assert statuses == {303}
    assert stored() == [(3, None)]
    assert events() == 1


def test_after_a_day_another_number_is_too_late_and_the_words_are_shown(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="3")
    _age_answers(timedelta(hours=25))

    late = visitor.sends(reason, score="9", comment=WORDS, do="send")

    assert (late.status, late.heading, late.words) == (409, "This answer can no longer be changed.", WORDS)
    assert stored() == [(3, None)]


def test_after_a_day_the_same_again_is_the_same_thanks(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="3")
    visitor.sends(reason, comment=WORDS, do="send")
    _age_answers(timedelta(hours=25))

    thanks = visitor.sends(reason, comment=WORDS, do="send")

    assert thanks.heading == "Thank you. Your answer has been saved."
    assert "Change my answer" not in thanks.links


def _age_answers(age: timedelta) -> None:
    with writing() as session:
        response = only_response()
        response.created_at -= age
        session.add(response)


@pytest.mark.parametrize("receipt", ["x", "a.b.c", "A" * 512])
def test_a_receipt_that_is_not_ours_opens_nothing_and_loses_no_words(visitor: Visitor, receipt: str) -> None:
    assert visitor.opens(f"/w/shop/r/{receipt}").status == 404
    assert visitor.opens(f"/w/shop/r/{receipt}/done").status == 404

    answer = visitor.posts(f"/w/shop/r/{receipt}/send", {"score": "3", "comment": WORDS})

    assert (answer.status_code, Page(answer.text).words) == (403, WORDS)


def test_a_receipt_of_another_survey_opens_nothing(visitor: Visitor) -> None:
    surveys.create("bank", "Bank")
    reason = visitor.sends(visitor.opens(), score="3")

    answer = visitor.client.get((reason.action or "").replace("/shop/", "/bank/").removesuffix("/send"))

    assert answer.status_code == 404


@pytest.mark.parametrize("key", ["SHOP", "sh op", "shop%00", "x" * 65, "..", "%2e%2e", "shop%2fr"])
def test_a_key_of_other_letters_reaches_no_query(visitor: Visitor, key: str) -> None:
    assert visitor.client.get(f"/w/{key}").status_code == 404


PREFETCH = [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {}]


@pytest.mark.parametrize("headers", PREFETCH)
def test_looking_stores_nothing_however_often(visitor: Visitor, headers: dict[str, str]) -> None:
    reason = visitor.sends(visitor.opens(), score="3")
    receipt = (reason.action or "").removesuffix("/send")
    before = _everything()

    for path in ["/w/shop", "/w/shop?score=9", "/w/shop/privacy", receipt, f"{receipt}/done"]:
        for method in ("GET", "HEAD", "OPTIONS"):
            for _ in range(5):
                assert visitor.client.open(path, method=method, headers=headers).status_code == 200

    assert _everything() == before
    visitor.sends(visitor.opens(score="9"), do="send")
    assert [score for score, _ in stored()] == [3, 9]


def _everything() -> list[int]:
    db.session.rollback()
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in db.metadata.sorted_tables
    ]


@pytest.mark.parametrize(
    "header", ["", "*", "de;q=0", "xx-YY", "x" * 100_000, "de;q=nonsense,,;", "ja" + ",ja" * 5_000]
)
def test_a_strange_wish_for_languages_gets_the_surveys_own(client: FlaskClient, app: Flask, header: str) -> None:
    surveys.create("shop", "Acme", language="sv")

    page = Visitor(client, headers={"Accept-Language": header}).opens()

    assert dict(page.tags[0][1])["lang"] == "sv"


@pytest.mark.parametrize(
    ("header", "lang", "expected"),
    [
        ("fr-CA,fr;q=0.9", None, "fr"),
        ("zh,pl;q=0.5", None, "pl"),
        ("pt-PT", None, "pt-BR"),
        ("fr", "de", "de"),
        ("fr", "de-AT", "de"),
        ("fr", "pt_BR", "pt-BR"),
        ("fr", "tlh", "fr"),
        ("fr", "../../etc", "fr"),
    ],
)
def test_the_address_chooses_the_language_then_the_browser(
    visitor: Visitor, header: str, lang: str | None, expected: str
) -> None:
    visitor.headers["Accept-Language"] = header

    page = visitor.opens(**({"lang": lang} if lang else {}))

    assert dict(page.tags[0][1])["lang"] == expected


def test_arabic_runs_from_right_to_left(visitor: Visitor) -> None:
    page = visitor.opens(lang="ar")

    assert dict(page.tags[0][1])["dir"] == "rtl"


def test_the_limit_keeps_the_words_and_the_same_form(visitor: Visitor, app: Flask) -> None:
    app.config["RATE_LIMITS"] = True
    try:
        page = visitor.opens(score="4")
        answers = [visitor.sends(page, comment=f"{WORDS} {n}", do="send") for n in range(11)]
    finally:
        app.config["RATE_LIMITS"] = False

    limited = answers[-1]
    assert [answer.status for answer in answers[:10]] == [200] * 10
    assert (limited.status, limited.words, limited.action) == (429, f"{WORDS} 10", page.action)
    assert visitor.answer is not None
    assert 1 <= int(visitor.answer.headers["Retry-After"]) <= 61


def test_an_edit_after_back_is_on_the_record(visitor: Visitor) -> None:
    page = visitor.opens()
    for score in ["1", "5", "9"]:
        visitor.sends(page, score=score)

    assert stored() == [(9, None)]
    assert earlier_scores() == [1, 5]
    assert events() == 3


def test_the_address_of_a_form_takes_no_visit(visitor: Visitor) -> None:
    page = visitor.opens()

    visit = visitor.opens(page.action)

    assert (visit.status, visit.heading) == (405, "This address only takes a form. Please go back to the form.")


def test_a_comment_in_any_script_comes_back_as_it_was(visitor: Visitor) -> None:
    words = "مرحبا שלום 👩\u200d👩\u200d👧 e\u0301" + "\u0301" * 500
    page = visitor.opens(score="3")

    body = f"score=3&do=send&token={page.fields['token']}&comment={quote(words)}"
    visitor.posts(page.action or "", body, content_type=FORM)

    assert stored() == [(3, words)]
