"""The exact form of a message in each carrier: nothing is cut before it has to be, and nothing of it is markup."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from markupsafe import Markup

from app.notifiers import email, slack, teams
from app.notifiers.message import Message

LINKS = (("The report", "https://nps.example/r?a=1&b=2"), ("A <case> | 7", "https://nps.example/c|7"))
MESSAGE = Message("x", "Shop & <Co>", ("One @here", " ", "Two\nlines"), LINKS)


def test_slack_shows_title_lines_and_links_in_this_order_and_no_empty_line() -> None:
    assert slack.payload(MESSAGE)["blocks"] == [
        {"type": "header", "text": {"type": "plain_text", "text": "Shop & <Co>", "emoji": False}},
        {"type": "section", "text": {"type": "plain_text", "text": "One @here", "emoji": False}},
        {"type": "section", "text": {"type": "plain_text", "text": "Two\nlines", "emoji": False}},
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "verbatim": True,
                "text": "<https://nps.example/r?a=1&amp;b=2|The report> · "
                "<https://nps.example/c%7C7|A &lt;case&gt; ∣ 7>",
            },
        },
    ]


def test_slack_says_the_same_in_words_of_which_none_is_markup_or_calls_anybody() -> None:
    payload = slack.payload(MESSAGE)

    assert (payload["mrkdwn"], payload["text"].split("\n")) == (
        False,
        [
            "Shop &amp; &lt;Co&gt;",
            "One @\u200bhere",
            "Two",
            "lines",
            "The report: https://nps.example/r?a=1&amp;b=2",
            "A &lt;case&gt; | 7: https://nps.example/c|7",
        ],
    )


def test_without_links_slack_shows_no_line_for_them() -> None:
    assert len(slack.payload(Message("x", "Title", ("One",)))["blocks"]) == 2


@pytest.mark.parametrize(
    ("letters", "shown"),
    [(150, "t" * 150), (151, "t" * 149 + "…")],
)
def test_slack_cuts_a_title_only_where_it_has_to(letters: int, shown: str) -> None:
    assert slack.payload(Message("x", "t" * letters))["blocks"][0]["text"]["text"] == shown


@pytest.mark.parametrize(("letters", "shown"), [(2_900, "t" * 2_900), (2_901, "t" * 2_899 + "…")])
def test_slack_cuts_a_line_only_where_it_has_to(letters: int, shown: str) -> None:
    payload = slack.payload(Message("x", "Title", ("t" * letters,)))

    assert payload["blocks"][1]["text"]["text"] == shown
    assert len(payload["text"]) == 2_900


def test_slack_shows_as_many_lines_as_it_takes_and_the_links_still() -> None:
    payload = slack.payload(Message("x", "Title", tuple(f"line {n}" for n in range(60)), LINKS))

    assert [block["text"]["text"] for block in payload["blocks"][1:-1]] == [f"line {n}" for n in range(43)]
    assert payload["blocks"][-1]["text"]["type"] == "mrkdwn"
    many = Message("x", "Title", (), LINKS * 100)
    assert len(slack.payload(many)["blocks"][-1]["text"]["text"]) == 2_900


def runs(payload: dict[str, Any]) -> list[str]:
    return [block["inlines"][0]["text"] for block in payload["attachments"][0]["content"]["body"]]


def test_teams_gets_a_card_of_text_runs_and_buttons() -> None:
    assert teams.payload(MESSAGE) == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        {
                            "type": "RichTextBlock",
                            "inlines": [
                                {"type": "TextRun", "text": "Shop & <Co>", "size": "large", "weight": "bolder"}
                            ],
                        },
                        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "One @here"}]},
                        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "Two\nlines"}]},
                    ],
                    "actions": [{"type": "Action.OpenUrl", "title": text, "url": url} for text, url in LINKS],
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["t" * 2_000], ["t" * 2_000]),
        (["t" * 2_001], ["t" * 1_999 + "…"]),
        ([f"line {n}" for n in range(41)], [f"line {n}" for n in range(40)]),
        (["t" * 2_000] * 8, ["t" * 2_000] * 8),
        (["t" * 2_000] * 8 + ["u"], ["t" * 2_000] * 8 + ["…"]),
        (["ü" * 2_000] * 5, ["ü" * 2_000] * 4 + ["…"]),
    ],
)
def test_a_card_holds_as_much_as_it_takes_and_says_where_it_ends(lines: list[str], shown: list[str]) -> None:
    assert runs(teams.payload(Message("x", "Title", tuple(lines))))[1:] == shown


def test_a_card_has_as_many_buttons_as_it_takes() -> None:
    content = teams.payload(Message("x", "Title", (), LINKS * 4))["attachments"][0]["content"]

    assert len(content["actions"]) == 6


def composed(message: Message, sender: str = "Whyscore <nps@nps.example>") -> Any:
    return email.compose(message, sender, "ann@example.com", "msg_1.7")


def part(mail: Any, kind: str) -> str:
    return str(mail.get_body((kind,)).get_content())


def test_a_mail_says_that_nobody_wrote_it_and_when() -> None:
    mail = composed(MESSAGE)

    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(mail["Date"]) - datetime.now(UTC)).total_seconds() < 5
    assert b"\r\nMessage-ID: <msg_1.7@nps.example>\r\n" in mail.as_bytes(policy=email.LINES)
    assert {part["Content-Transfer-Encoding"] for part in mail.iter_parts()} == {"quoted-printable"}


@pytest.mark.parametrize(
    ("title", "subject"),
    [("Two\n\u2028 lines\t", "Two lines"), ("a\x00b", "a b"), ("t" * 200, "t" * 200), ("t" * 201, "t" * 200)],
)
def test_a_subject_is_one_line_of_a_length_that_is_shown(title: str, subject: str) -> None:
    assert composed(Message("x", title))["Subject"] == subject


def test_a_mail_as_text_is_paragraphs_and_addresses_on_lines_of_their_own() -> None:
    message = Message("x", "Title", ("One", "Two\nlines"), LINKS[:1], unsubscribe="https://nps.example/end")

    assert part(composed(message), "plain") == (
        "Title\n\nOne\n\nTwo\nlines\n\nThe report:\nhttps://nps.example/r?a=1&b=2\n\n"
        "Unsubscribe:\nhttps://nps.example/end\n"
    )


def test_a_mail_as_html_escapes_first_and_marks_then() -> None:
    message = Message("x", "<b>Shop</b>", ("One & 'all'\n<two>",), (("\"Go\"", "https://nps.example/?a='1'&b"),),
                      unsubscribe="https://nps.example/end")  # fmt: skip

    assert email._html(message) == Markup(
        "<!doctype html><html lang='en'><body style='font-family:sans-serif;line-height:1.5;max-width:40em'>"
        "<h1 dir='auto' style='font-size:1.2em'>&lt;b&gt;Shop&lt;/b&gt;</h1>\n"
        "<p dir='auto'>One &amp; &#39;all&#39;<br>&lt;two&gt;</p>\n"
        "<p><a href='https://nps.example/?a=&#39;1&#39;&amp;b'>&#34;Go&#34;</a></p>\n"
        "<p><a href='https://nps.example/end'>Unsubscribe</a></p></body></html>"
    )


@pytest.mark.parametrize(
    ("name", "value", "is_folded"),
    [
        ("List-Unsubscribe", "<https://nps.example/" + "a" * 200 + ">", False),
        ("Subject", "word " * 60, True),
        ("List-Unsubscribe", "<https://nps.example/ü" + " a" * 100 + ">", True),
    ],
)
def test_only_the_way_out_is_a_line_however_long_it_is(name: str, value: str, is_folded: bool) -> None:
    folded = email.LINES.fold_binary(name, email.LINES.header_factory(name, value))

    assert folded.endswith(b"\r\n")
    assert (len(folded.splitlines()) > 1) == is_folded
    if not is_folded:
        assert folded == f"{name}: {value}\r\n".encode()
