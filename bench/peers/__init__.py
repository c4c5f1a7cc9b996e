"""Others that take answers or comments, under the same gunicorn, in an environment of their own (`.venv-peers`)."""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import server

PYTHON = server.ROOT / ".venv-peers" / "bin" / "python"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What one client sends."""

    path: str
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Peer:
    """A running peer: what to send, and how many rows of answers it holds."""

    name: str
    port: int
    sent: Sent
    file: Path
    table: str

    def stored(self) -> int:
        """How many answers are in its database."""
        with closing(sqlite3.connect(self.file)) as connection:
            found = connection.execute(f"SELECT count(*) FROM {self.table}").fetchone()  # noqa: S608
            return int(found[0])


def are_there() -> bool:
    """Whether the peers were installed."""
    return PYTHON.exists()


@contextmanager
def metrics(folder: Path, options: list[str]) -> Iterator[Peer]:
    """customersatisfactionmetrics, whose form is sent with the token of one visit."""
    environment = {**server.settings(folder), "PYTHONPATH": str(server.ROOT)}
    with server.gunicorn("bench.peers.metrics_site:app", environment, [*options, "--preload"], PYTHON) as port:
        token, cookie = _visit(port)
        body = urlencode({"csrfmiddlewaretoken": token, "question_1": "7"})
        sent = Sent("/survey/slug/bench/", body, {**FORM, "Cookie": cookie})
        name = "customersatisfactionmetrics (Django)"
        yield Peer(name, port, sent, folder / "metrics.db", "customersatisfactionmetrics_response")


def _visit(port: int) -> tuple[str, str]:
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/survey/slug/bench/", timeout=30)
    given = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or []]
    cookie = next(one for one in given if one.startswith("csrftoken="))  # no session: each sender is new
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    if token is None:
        raise RuntimeError("the form of the peer has no token")
    return token[1], cookie


@contextmanager
def isso(folder: Path, options: list[str]) -> Iterator[Peer]:
    """isso, which stores a comment with each request; its limits are off as ours are."""
    file, settings = folder / "isso.db", folder / "isso.cfg"
    settings.write_text(f"[general]\ndbpath = {file}\nhost = http://127.0.0.1/\n[guard]\nenabled = false\n")
    environment = {**server.settings(folder), "ISSO_SETTINGS": str(settings)}
    with server.gunicorn("isso.run:application", environment, [*options, "--preload"], PYTHON, "/info") as port:
        body = json.dumps({"text": "Support takes days to answer", "title": "Bench", "author": None})
        sent = Sent("/new?uri=%2Fbench%2F", body, {"Content-Type": "application/json", "Origin": "http://127.0.0.1"})
        yield Peer("isso (a comment)", port, sent, file, "comments")
