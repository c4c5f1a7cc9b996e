"""A host's program sends answers and lists them: each stored once, nothing guessed, nothing lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Event, IdempotentAnswer, Response, ResponseRevision, now
from app.models.transaction import writing
from app.services import surveys
from tests import rows
from tests.api.conftest import Program
from tests.rows import NOON, Raised, Said

EVERYTHING = {
    "score": 3,
    "comment": "Support takes days to answer",
    "language": "en",
    "respondent": "user-4711",
    "touchpoint": "checkout",
    "attributes": {"plan": "pro", "seats": 12, "trial": False},
    "created_at": "2026-01-05T10:00:00+01:00",
    "external_id": "crm-17",
}


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_an_answer_is_stored_and_given_back_as_it_is_kept(program: Program) -> None:
    answer = program.send(EVERYTHING)

    assert answer.status_code == 201
    body = answer.get_json()
    assert body.pop("updated_at") >= "2026"
    assert body == {
        "id": db.session.scalar(sa.select(Response.id)),
        "survey": "shop",
        "score": 3,
        "group": "detractor",
        "comment": "Support takes days to answer",
        "language": "en",
        "respondent": "user-4711",
        "identity": "verified",
        "touchpoint": "checkout",
        "attributes": {"plan": "pro", "seats": "12", "trial": "false"},
        "external_id": "crm-17",
        "created_at": "2026-01-05T09:00:00+00:00",
        "revision": 1,
    }
    assert (count(Response), count(Event)) == (1, 1)


def test_a_score_alone_is_an_answer(program: Program) -> None:
    body = program.send({"score": 9}).get_json()

    assert (body["group"], body["comment"], body["identity"], body["attributes"]) == ("promoter", None, "anonymous", {})
    assert datetime.fromisoformat(body["created_at"]) - now() < timedelta(seconds=5)


def test_null_says_the_same_as_leaving_a_field_out(program: Program) -> None:
    nothing = dict.fromkeys([name for name in EVERYTHING if name != "score"])

    body = program.send({"score": 0, **nothing}).get_json()

    assert (body["respondent"], body["attributes"], body["external_id"]) == (None, {}, None)


@pytest.mark.parametrize("score", [True, None, "9", "", 9.0, 9.5, 11, -1, 10**30, [9], {"$gt": 0}])
def test_a_score_is_a_whole_number_from_0_to_10_and_nothing_like_it(program: Program, score: Any) -> None:
    answer = program.send({"score": score})

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["score"]
    assert count(Response) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"score": NaN}',
        b'{"score": Infinity}',
        b'{"score": -Infinity}',
        b'{"score": 9, "score": 0}',
        b'{"score": 9, "attributes": {"plan": "a", "plan": "b"}}',
        b'{"score": 1_0}',
        b'{"score": 0x9}',
        b'\xff\xfe{"score": 9}',
        b"\xef\xbb\xbf{}",
        b'{"score": 9, "comment": "\xed\xa0\x80"}',
        b'{"score": ' + b"9" * 5_000 + b"}",
        b"[" * 30_000,
        b'{"attributes":' * 4_000,
    ],
)
def test_what_cannot_be_read_as_json_is_a_bad_request(program: Program, body: bytes) -> None:
    answer = program.send_bytes(body)

    assert answer.status_code == 400
    assert answer.get_json()["name"] == "bad_request"
    assert count(Response) == 0


@pytest.mark.parametrize("number", ["1e400", "9e0", "1E1"])
def test_a_number_with_an_exponent_is_no_whole_number(program: Program, number: str) -> None:
    assert program.send_bytes(f'{{"score": {number}}}'.encode()).status_code == 422


@pytest.mark.parametrize("body", [b"9", b"null", b'"9"', b"[]", b'[{"score": 9}]', b"true"])
def test_a_body_that_is_no_object_is_refused(program: Program, body: bytes) -> None:
    assert program.send_bytes(body).status_code == 422


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=utf-16", {}),
        ("", {}),
        ("application/json", {"Content_Encoding": "gzip"}),
    ],
)
def test_only_plain_json_is_taken(program: Program, content_type: str, headers: dict[str, str]) -> None:
    assert program.send_bytes(b'{"score": 9}', content_type, **headers).status_code == 415


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant_id", 2),
        ("id", 1),
        ("quarantined", False),
        ("mark", None),
        ("nonce", "n1"),
        ("identity", "verified"),
        ("price", 1.5),
        ("\ud800", 1),
        ("comment", 7),
        ("comment", ["a"]),
        ("comment", "a" * 4_001),
        ("language", "deutsch"),
        ("language", "DE"),
        ("language", "xx"),
        ("language", 1),
        ("respondent", ""),
        ("respondent", "a\x00b"),
        ("respondent", "a" * 201),
        ("respondent", "\ud800"),
        ("touchpoint", "a\nb"),
        ("touchpoint", "a" * 65),
        ("external_id", 17),
        ("external_id", "\x1b[0m"),
        ("created_at", "yesterday"),
        ("created_at", 1767225600),
        ("created_at", ""),
        ("created_at", "2026-02-30"),
        ("created_at", "9999-12-31T23:59:59-14:00"),
        ("created_at", "0001-01-01T00:00:00+14:00"),
        ("created_at", "1969-12-31"),
        ("attributes", []),
        ("attributes", {"Plan": "pro"}),
        ("attributes", {"": "x"}),
        ("attributes", {"a" * 33: "x"}),
        ("attributes", {"plan": None}),
        ("attributes", {"plan": 1.5}),
        ("attributes", {"plan": {"a": 1}}),
        ("attributes", {"plan": ["a"]}),
        ("attributes", {"plan": "a" * 201}),
        ("attributes", {"plan": "a\x00"}),
        ("attributes", {"plan": 10**400}),
        ("attributes", {f"a{number}": 1 for number in range(21)}),
    ],
)
def test_a_field_that_is_not_known_or_cannot_be_is_named(program: Program, field: str, value: Any) -> None:
    answer = program.send({"score": 9, field: value})

    body = answer.get_json()
    assert (answer.status_code, body["code"], body["name"]) == (422, 422, "invalid")
    assert [name.split(".")[0] for name in body["errors"]] == [field]
    assert body["message"]
    assert count(Response) == 0


def test_a_body_of_nothing_but_mistakes_gets_a_short_answer(program: Program) -> None:
    answer = program.send({f"field{number}": 1 for number in range(3_000)})

    assert answer.status_code == 422
    assert len(answer.data) < 500


def test_a_time_may_be_a_day_ahead_of_ours_and_no_more(program: Program) -> None:
    soon, later = (now() + timedelta(hours=hours) for hours in (23, 25))

    assert program.send({"score": 9, "created_at": soon.isoformat()}).status_code == 201
    assert program.send({"score": 9, "created_at": later.isoformat()}).status_code == 422


def test_a_time_without_an_offset_is_meant_in_the_surveys_time_zone(program: Program) -> None:
    with writing():
        surveys.get("shop").timezone = "Europe/Berlin"

    body = program.send({"score": 9, "created_at": "2026-01-05T10:00:00"}).get_json()

    assert body["created_at"] == "2026-01-05T09:00:00+00:00"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", None),
        (" \n\u200b ", None),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1b", "ab"),
        ("\ud800", "�"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=1+1", "=1+1"),
        ("\U0001f44d" * 4_000, "\U0001f44d" * 4_000),
        ("\n" * 2_000 + "x", "\n" * 2_000 + "x"),
    ],
)
def test_a_comment_is_kept_as_text_whatever_it_looks_like(program: Program, sent: str, kept: str | None) -> None:
    answer = program.send({"score": 3, "comment": sent})

    assert answer.status_code == 201
    assert answer.get_json()["comment"] == kept
    assert program.get().get_json()["responses"][0]["comment"] == kept


def test_ten_megabytes_are_refused_before_they_are_read(program: Program) -> None:
    answer = program.send_bytes(b'{"score": 9, "comment": "' + b"a" * 10_000_000 + b'"}')

    assert answer.status_code == 413
    assert answer.get_json()["code"] == 413


def test_a_closed_survey_takes_no_answer_from_a_program_either(program: Program) -> None:
    surveys.close("shop")

    answer = program.send({"score": 9})

    assert (answer.status_code, answer.get_json()["name"]) == (409, "survey_closed")
    assert count(Response) == 0


def test_an_external_id_sent_again_is_the_same_answer(program: Program) -> None:
    first = program.send({"score": 3, "comment": "Slow", "external_id": "crm-17"})
    second = program.send({"score": 3, "comment": "Slow", "external_id": "crm-17"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json() == first.get_json()
    assert (count(Response), count(Event)) == (1, 1)


def test_an_external_id_with_other_words_changes_the_answer_and_keeps_the_old_words(program: Program) -> None:
    first = program.send({"score": 3, "comment": "Slow", "external_id": "crm-17"}).get_json()
    second = program.send({"score": 8, "comment": "Faster now", "external_id": "crm-17"})

    assert (second.status_code, second.get_json()["id"]) == (200, first["id"])
    assert (second.get_json()["score"], second.get_json()["revision"]) == (8, 2)
    assert db.session.scalars(sa.select(ResponseRevision.comment)).all() == ["Slow"]


def test_the_same_external_id_in_another_survey_is_another_answer(program: Program, stranger: Program) -> None:
    assert program.send({"score": 3, "external_id": "17"}).status_code == 201
    assert stranger.send({"score": 9, "external_id": "17"}).status_code == 201


def test_a_request_repeated_under_its_key_gets_the_first_answer(program: Program) -> None:
    first = program.send({"score": 3, "comment": "Slow"}, Idempotency_Key="order-1")
    again = program.send({"score": 3, "comment": "Slow"}, Idempotency_Key="order-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert (count(Response), count(Event)) == (1, 1)


def test_a_key_used_for_another_body_is_refused(program: Program) -> None:
    program.send({"score": 3}, Idempotency_Key="order-1")

    answer = program.send({"score": 4}, Idempotency_Key="order-1")

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["Idempotency-Key"]
    assert count(Response) == 1


def test_a_refused_request_leaves_its_key_free(program: Program) -> None:
    assert program.send({"score": 3, "comment": "a" * 4_001}, Idempotency_Key="order-1").status_code == 422
    assert program.send({"score": 3}, Idempotency_Key="order-1").status_code == 201


def test_a_repeat_is_answered_even_when_the_survey_was_closed_meanwhile(program: Program) -> None:
    first = program.send({"score": 3}, Idempotency_Key="order-1")
    surveys.close("shop")

    assert program.send({"score": 3}, Idempotency_Key="order-1").get_json() == first.get_json()


def test_after_a_day_a_key_may_be_used_again(program: Program) -> None:
    program.send({"score": 3}, Idempotency_Key="order-1")
    with writing() as session:
        session.execute(sa.update(IdempotentAnswer).values(created_at=now() - timedelta(hours=25)))

    assert program.send({"score": 4}, Idempotency_Key="order-1").status_code == 201
    assert count(Response) == 2


def test_keys_of_two_surveys_do_not_meet(program: Program, stranger: Program) -> None:
    assert program.send({"score": 3}, Idempotency_Key="1").status_code == 201
    assert stranger.send({"score": 9}, Idempotency_Key="1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a" * 201])
def test_an_idempotency_key_that_cannot_be_one_is_refused(program: Program, key: str) -> None:
    answer = program.client.post(
        f"{program.base}/responses", json={"score": 3}, headers=[*program.bearer.items(), ("Idempotency-Key", key)]
    )

    assert answer.status_code == 422


def test_what_was_remembered_of_a_request_holds_no_words(program: Program) -> None:
    program.send(EVERYTHING, Idempotency_Key="order-1")

    kept = db.session.scalars(sa.select(IdempotentAnswer)).one()
    assert kept.answer == {"response_id": db.session.scalar(sa.select(Response.id))}


def test_a_list_shows_the_newest_first_with_what_was_understood(program: Program) -> None:
    said = "Support takes days to answer, but I like the colours"
    raised = [Raised("support", "Support takes days to answer"), Raised(None, "I like the colours", "praise")]
    rows.store(program.survey, [Said(3, said, raised), Said(9), Said(5, "Not read yet", is_read=False)])

    page = program.get().get_json()

    assert page["next"] is None
    assert page["withheld"] is False
    assert [one["analysed"] for one in page["responses"]] == [False, None, True]
    assert page["responses"][2]["pain_points"] == [
        {
            "id": "support",
            "name": "Speed up support responses",
            "confidence": 0.8,
            "start": 0,
            "end": 28,
            "stance": "complaint",
        }
    ]
    assert page["responses"][2]["mentions"] == [
        {"start": 0, "end": 28, "stance": "complaint", "pain_point": "support"},
        {"start": 34, "end": 52, "stance": "praise", "pain_point": None},
    ]


def test_a_comment_that_was_changed_since_it_was_read_has_no_mentions_that_point_into_other_words(
    program: Program,
) -> None:
    program.send({"score": 3, "comment": "Support takes days", "external_id": "1"})
    rows.store(program.survey, [])
    response = db.session.scalars(sa.select(Response)).one()
    read_by_hand(program, response)
    assert program.get().get_json()["responses"][0]["analysed"] is True

    program.send({"score": 3, "comment": "Oh", "external_id": "1"})

    listed = program.get().get_json()["responses"][0]
    assert (listed["comment"], listed["analysed"], listed["mentions"]) == ("Oh", False, [])


def read_by_hand(program: Program, response: Response) -> None:
    from app.models import CurrentRun, MentionRow, Reading

    with writing() as session:
        run_id = session.get_one(CurrentRun, program.survey.id).run_id
        session.add(Reading(run_id=run_id, response_id=response.id, revision=response.revision, language="en"))
        session.add(
            MentionRow(run_id=run_id, response_id=response.id, start=0, end=18, stance="complaint", confidence=0.0)
        )


def test_450_answers_come_page_by_page_each_once_though_more_arrive(program: Program) -> None:
    rows.store(program.survey, [Said(number % 11, at=NOON - timedelta(minutes=number)) for number in range(450)])

    seen, query = [], "?limit=200"
    while query:
        page = program.get(query=query).get_json()
        seen += [one["id"] for one in page["responses"]]
        program.send({"score": 5})
        query = f"?limit=200&cursor={page['next']}" if page["next"] else ""

    assert len(seen) == len(set(seen)) == 450


def test_answers_of_the_same_moment_are_paged_too(program: Program) -> None:
    for number in range(5):
        program.send({"score": number, "created_at": "2026-01-05T10:00:00Z"})

    first = program.get(query="?limit=3").get_json()
    second = program.get(query=f"?limit=3&cursor={first['next']}").get_json()

    assert [one["score"] for one in first["responses"] + second["responses"]] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ("?group=passive", [8, 7]),
        ("?touchpoint=checkout", [10, 9, 8, 7, 6]),
        ("?attr.plan=pro", [10, 8, 6, 4, 2, 0]),
        ("?attr.plan=free&attr.country=de", [9, 7, 5, 3, 1]),
        ("?attr.plan=free&attr.plan=pro&group=detractor", [6, 5, 4, 3, 2, 1, 0]),
        ("?language=de", [4, 3, 2, 1, 0]),
        ("?from=2026-11-21", [10, 9, 8, 7, 6, 5, 4]),
        ("?from=2026-11-18&to=2026-11-20", [3, 2, 1]),
        ("?sort=impact&compare=none&group=promoter", [10, 9]),
    ],
)
def test_a_list_is_narrowed_by_the_filters_of_the_page(program: Program, query: str, scores: list[int]) -> None:
    for score in range(11):
        program.send(
            {
                "score": score,
                "touchpoint": "checkout" if score > 5 else "signup",
                "attributes": {"plan": "free" if score % 2 else "pro", "country": "de"},
                "language": "de" if score < 5 else "en",
                "created_at": (NOON - timedelta(days=max(0, 5 - score), seconds=20 - score)).isoformat(),
            }
        )

    assert [one["score"] for one in program.get(query=query).get_json()["responses"]] == scores


def test_comments_of_a_handful_stay_closed_where_a_filter_picked_them(program: Program) -> None:
    said = [Said(3, "Slow", [Raised("support", "Slow")], more={"touchpoint": "a" if n else "b"}) for n in range(5)]
    rows.store(program.survey, said)

    few = program.get(query="?touchpoint=a").get_json()
    everything = program.get().get_json()

    assert few["withheld"] is True
    assert [(one["score"], one["comment"], one["mentions"]) for one in few["responses"]] == [(3, None, [])] * 4
    assert (everything["withheld"], everything["responses"][0]["comment"]) == (False, "Slow")


@pytest.mark.parametrize(
    "query",
    [
        "?sort=password",
        "?order=;drop",
        "?page=-1",
        "?per_page=1000000000",
        "?limit=0",
        "?limit=201",
        "?limit=-1",
        "?limit=1e2",
        "?limit=1_0",
        "?limit=%D9%A1",
        "?limit=" + "9" * 5_000,
        "?limit=5&limit=6",
        "?from=2026-02-30",
        "?from=2026-11-22&to=2026-11-21",
        "?from=0001-01-01",
        "?tz=../../etc/passwd",
        "?group=neutral",
        "?language=a%00b",
        "?attr.=x",
        "?cursor=garbage",
        "?cursor=a.b",
        "?cursor=..",
        "?cursor=%00",
        "?cursor=" + "A" * 6_000,
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_name(program: Program, query: str) -> None:
    answer = program.get(query=query)

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [query[1:].split("=")[0]]


def a_cursor(program: Program, query: str = "?limit=1") -> str:
    rows.store(program.survey, [Said(3), Said(4)])
    cursor: str = program.get(query=query).get_json()["next"]
    return cursor


def test_a_cursor_that_was_tampered_with_is_refused_at_every_place(program: Program) -> None:
    cursor = a_cursor(program)
    spoiled = [cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :] for place in range(40)]
    spoiled += [cursor[:length] for length in range(1, len(cursor), 7)]

    assert {program.get(query=f"?limit=1&cursor={one}").status_code for one in spoiled} == {422}


@pytest.mark.parametrize("filters", ["&group=detractor", "&touchpoint=x", "&from=2026-01-01"])
def test_a_cursor_fits_the_list_it_came_from_and_no_other(program: Program, filters: str) -> None:
    cursor = a_cursor(program)

    assert program.get(query=f"?limit=7&cursor={cursor}").status_code == 200
    assert program.get(query=f"?limit=1&cursor={cursor}{filters}").status_code == 422
    assert program.get("pain-points", f"?limit=1&cursor={cursor}").status_code == 422


def test_a_cursor_of_another_survey_is_refused(program: Program, stranger: Program) -> None:
    assert stranger.get(query=f"?cursor={a_cursor(program)}").status_code == 422


def test_reading_changes_nothing_but_the_log_of_who_read(program: Program, app: Flask) -> None:
    rows.store(program.survey, rows.v5())
    before = contents()

    for noun in ("responses", "report", "pain-points"):
        assert program.get(noun).status_code == 200

    assert contents() == before


def contents() -> dict[str, Any]:
    from app.models import Base

    tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("audit_")]
    return {table.name: db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in tables}


def test_an_answer_has_the_headers_of_the_api(program: Program) -> None:
    headers = program.send({"score": 9}).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Authorization" in headers["Vary"]
    assert "Set-Cookie" not in headers
    assert not [name for name in headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 - a multidict


def test_times_are_told_in_utc(program: Program) -> None:
    rows.store(program.survey, [Said(9, at=datetime(2026, 3, 1, 12, tzinfo=UTC))])

    assert program.get().get_json()["responses"][0]["created_at"] == "2026-03-01T12:00:00+00:00"


def test_forged_proxy_headers_change_nothing(program: Program) -> None:
    forged = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "javascript",
        "X_Forwarded_Prefix": "//evil.example",
        "Forwarded": "host=evil.example",
        "Script_Name": "/evil",
    }

    answer = program.send({"score": 9}, **forged)

    assert answer.status_code == 201
    assert "evil" not in json.dumps(answer.get_json()) + str(answer.headers)
