"""Redaction on the command line."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Response, Survey
from app.services import responses, surveys
from app.services.responses import Answer


@pytest.fixture
def survey(app: Flask) -> Survey:
    made = surveys.create("shop", "Shop")
    responses.record(made.id, Answer("n1", 3, "widget", "Write to a@example.com"))
    responses.record(made.id, Answer("n2", 3, "widget", "The export is slow"))
    return made


def says(app: Flask, *words: str, status: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=["survey", "redact", *words])
    assert result.exit_code == status, result.output
    return str(result.output)


def test_kinds_are_set_shown_and_taken_back(app: Flask, survey: Survey) -> None:
    assert says(app, "shop") == "redacts\tnone\n"
    assert says(app, "shop", "--kind", "phone, email") == "redacts\temail,phone\n"
    assert says(app, "shop") == "redacts\temail,phone\n"
    assert says(app, "shop", "--kind", "all") == "redacts\temail,iban,ip,card,phone,number\n"
    assert says(app, "shop", "--kind", "none") == "redacts\tnone\n"


def test_what_is_stored_is_redacted_when_this_is_asked_for(app: Flask, survey: Survey) -> None:
    says(app, "shop", "--kind", "all")
    assert db.session.scalars(sa.select(Response.comment).order_by(Response.id)).first() == "Write to a@example.com"

    told = says(app, "shop", "--apply-to-stored")

    assert told.splitlines()[1:] == ["comments\t1", "earlier versions\t0"]
    db.session.rollback()
    db.session.expire_all()
    assert db.session.scalars(sa.select(Response.comment).order_by(Response.id)).all() == [
        "Write to [e-mail]",
        "The export is slow",
    ]


def test_what_cannot_be_is_a_sentence(app: Flask, survey: Survey) -> None:
    assert "Choose from email, iban" in says(app, "shop", "--kind", "names", status=1)
    assert "redacts nothing" in says(app, "shop", "--apply-to-stored", status=1)
    assert "no such survey" in says(app, "other", status=1)
