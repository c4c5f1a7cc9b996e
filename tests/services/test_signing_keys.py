"""Signing keys: two at once for a rotation, shown once, and never a kid that means two secrets."""

from __future__ import annotations

import base64
import csv
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.errors import Invalid, NotFound
from app.models import Survey
from app.services import exports, keys, signing_keys, surveys
from tests.pages.test_widget_respondents import proof
from tests.pages.visitor import Visitor, earlier_scores, only_response, stored
from tests.security.signing import respondent_token


@pytest.fixture
def survey(app: Flask) -> Survey:
    return surveys.create("shop", "Acme")


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def signed(kid: str, secret: str, person: str = "user-4711") -> str:
    """A token of this person, made with that key."""
    payload = proof(person).split(".")[2]
    return respondent_token(json.loads(base64.urlsafe_b64decode(payload + "===")), kid, secret)


def test_a_key_is_rotated_without_a_moment_in_which_nobody_is_known(app: Flask, survey: Survey) -> None:
    old, new = signing_keys.create(survey), signing_keys.create(survey)
    answers = []

    for key in (old, new):
        Visitor(app.test_client()).opens(r=signed(key.kid, key.secret))
    signing_keys.revoke(survey, old.kid)
    for person, key in (("ann", old), ("bob", new)):
        visitor = Visitor(app.test_client())
        visitor.sends(visitor.opens(r=signed(key.kid, key.secret, person)), score="3")
        answers.append(only_response().identity if len(stored()) == 1 else None)

    assert re.fullmatch(r"wsk_[A-Za-z0-9_-]{43}", new.secret)
    assert (old.kid, new.kid) == ("k1", "k2")
    assert answers == ["anonymous", None]
    assert [(key.kid, key.revoked_at is None) for key in signing_keys.of(survey)] == [("k1", False), ("k2", True)]


def test_a_third_key_has_to_wait_until_one_is_revoked(survey: Survey) -> None:
    signing_keys.create(survey)
    signing_keys.create(survey)

    with pytest.raises(Invalid, match="revoke one first"):
        signing_keys.create(survey)
    signing_keys.revoke(survey, "k1")

    assert signing_keys.create(survey).kid == "k3"


def test_a_key_of_another_survey_is_not_there(survey: Survey) -> None:
    signing_keys.create(survey)
    other = surveys.create("bank", "Bank")

    with pytest.raises(NotFound):
        signing_keys.revoke(other, "k1")

    assert signing_keys.of(survey)[0].revoked_at is None


def test_a_token_used_again_is_an_edit_on_the_record(app: Flask, survey: Survey) -> None:
    key = signing_keys.create(survey)
    token = signed(key.kid, key.secret)
    first, second = Visitor(app.test_client()), Visitor(app.test_client())
    question, copied = first.opens(r=token), second.opens(r=token)

    first.sends(question, score="2")
    second.sends(copied, score="9")

    assert stored() == [(9, None)]
    assert earlier_scores() == [2]
    assert only_response().identity == "verified"


def test_the_commands_make_list_and_revoke(run: FlaskCliRunner, survey: Survey) -> None:
    made = run.invoke(args=["signing-key", "create", "--survey", "shop", "--for", "mail"])
    revoked = run.invoke(args=["signing-key", "revoke", "k1", "--survey", "shop"])
    listed = run.invoke(args=["signing-key", "list", "--survey", "shop"])
    unknown = run.invoke(args=["signing-key", "revoke", "k9", "--survey", "shop"])

    secret = signing_keys.of(survey)[0].secret
    assert made.output == f"kid k1\nsecret {secret}\n"
    assert revoked.output == "Revoked k1.\n"
    assert re.fullmatch(r"k1\tmail\t\d{4}-\d\d-\d\d\trevoked \d{4}-\d\d-\d\d\n", listed.output)
    assert secret not in listed.output
    assert (unknown.exit_code, "no such signing key" in unknown.output) == (1, True)


def test_who_answered_is_told_apart_in_the_api_and_in_both_exports(app: Flask, survey: Survey) -> None:
    expected = ["anonymous", "claimed", "verified"]
    key = signing_keys.create(survey)
    surveys.accept_claims("shop", True)
    for query in ({}, {"respondent": "user-4711"}, {"r": signed(key.kid, key.secret)}):
        visitor = Visitor(app.test_client())
        visitor.sends(visitor.opens(**query), score="3")

    bearer = {"Authorization": f"Bearer {keys.create(survey, 'shop')}"}
    listed = app.test_client().get("/api/v1/surveys/shop/responses", headers=bearer).get_json()["responses"]
    table = list(csv.DictReader(io.StringIO("".join(exports.lines(survey, "csv")).removeprefix("\ufeff"))))
    lines = [json.loads(line) for line in exports.lines(survey, "jsonl")]

    assert [one["identity"] for one in reversed(listed)] == expected
    assert [one["respondent"] for one in reversed(listed)] == [None, "user-4711", "user-4711"]
    assert [one["identity"] for one in table] == expected
    assert [one.get("identity") for one in lines] == expected
