"""Channels from the command line: made, tried, switched, listed; URLs and secrets are not told again."""

from __future__ import annotations

import socket

import pytest
from flask import Flask

from app.models import Survey
from app.services import channels
from tests import rows
from tests.notifiers.hostile import resolver

URL = "https://hooks.example.com/T0/hidden-path"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver({}, "93.184.216.34"))


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def run(app: Flask, *words: str, status: int = 0, **more: str) -> str:
    result = app.test_cli_runner().invoke(args=["channel", *words, "--survey", "shop"], **more)
    assert result.exit_code == status, result.output
    return result.output


def test_a_channel_lives_from_the_command_line(app: Flask, survey: Survey) -> None:
    made = run(app, "create", "webhook", "Data team", "--answers", "response.created", input=f"{URL}\n")
    assert "hidden-path" not in made
    assert f"secret {channels.of(survey)[0].secret}" in made

    assert run(app, "list") == "1\twebhook\ton\thooks.example.com\tData team\t\n"
    assert "on its way" in run(app, "test", "1")
    assert "channel.test\tdue\t0" in run(app, "log", "1")
    assert "Channel 1 is off." in run(app, "off", "1")
    assert "switched off" in run(app, "log", "1", "--state", "cancelled")
    assert "Switch the channel on first" in run(app, "test", "1", status=1)
    run(app, "on", "1")
    assert run(app, "replay", "1", "--delivery", "1") == "Sending 1 again.\n"
    assert "nothing to send again" in run(app, "replay", "1", status=1)
    assert run(app, "rotate", "1").startswith("secret whsec_")
    assert run(app, "remove", "1") == "Removed channel 1.\n"
    assert run(app, "list") == ""


@pytest.mark.parametrize("words", [("on", "9"), ("off", "9"), ("test", "9"), ("rotate", "9"), ("remove", "9"),
                                   ("log", "9"), ("replay", "9"), ("replay", "9", "--delivery", "1")])  # fmt: skip
def test_a_channel_that_is_not_there_is_a_sentence(app: Flask, survey: Survey, words: tuple[str, ...]) -> None:
    assert "This survey has no such channel." in run(app, *words, status=1)


def test_an_address_that_leads_inside_is_refused_without_being_repeated(app: Flask, survey: Survey) -> None:
    said = run(app, "create", "slack", "Team", "--address", "https://db.internal/hidden-path", status=1)

    assert "hidden-path" not in said
    assert "private network" in said
    assert channels.of(survey) == []
