"""Starting the installation: what is said when it cannot, and the demo's page on another origin."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app import ports
from app.services import demo


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return int(other.getsockname()[1])


def test_a_taken_port_is_one_sentence_with_a_way_out(
    run: FlaskCliRunner, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIND", f"127.0.0.1:{taken}")

    result = run.invoke(args=["up"])

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: 127.0.0.1:{taken} is taken by another program.")
    assert "BASE_URL=http://127.0.0.1:8010" in result.output


def test_a_taken_port_of_the_host_page_is_said_too(
    run: FlaskCliRunner, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIND", f"127.0.0.1:{free_port()}")

    result = run.invoke(args=["up", "--demo-host", str(taken)])

    assert result.exit_code == 1
    assert "make run HOST_PORT=8011" in result.output


@pytest.mark.parametrize("bind", ["unix:/run/whyscore.sock", "fd://3", "127.0.0.1", "127.0.0.1:99999", ":x"])
def test_what_is_no_port_is_left_to_gunicorn(bind: str) -> None:
    assert not ports.taken(bind)


def test_a_free_port_is_free_and_every_name_of_a_taken_one_is_taken(taken: int) -> None:
    assert not ports.taken(f"127.0.0.1:{free_port()}")
    assert ports.taken(f"localhost:{taken}")
    assert ports.taken(f":{taken}")


def test_the_frame_of_the_host_page_leads_to_where_we_are_reached(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "http://127.0.0.1:8010")

    page = (demo.write_host_page() / "index.html").read_text()

    assert 'src="http://127.0.0.1:8010/w/demo"' in page
    assert "frame-src http://127.0.0.1:8010" in page
    assert "nps.example" not in page


def test_a_survey_without_a_site_is_told_how_to_name_one(run: FlaskCliRunner) -> None:
    made = run.invoke(args=["survey", "create", "shop", "--name", "Acme"])

    assert "survey allow shop ORIGIN" in made.output
