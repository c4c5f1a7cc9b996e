"""Answers a second, over keep-alive connections, against a bare Flask + SQLite insert under the same gunicorn."""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from bench import server, table

ANSWERS = 3_000
CLIENTS = (1, 8, 64)
ROUNDS = 3

ALIKE = [
    "--config",
    "/dev/null",
    "--worker-class",
    "gthread",
    "--workers",
    "2",
    "--threads",
    "8",
    "--no-control-socket",
]

Post = tuple[str, str]  # path, body


def main() -> None:
    """Print requests/s and latencies of both, in turn, and the ratio of the medians."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        environment = server.settings(Path(folder))
        server.flask(environment, "survey", "create", "bench", "--name", "Bench")
        with (
            server.gunicorn("wsgi:app", environment) as ours,
            server.gunicorn("bench.bare:app", environment, ALIKE) as bare,
        ):
            for clients in CLIENTS:
                bare_runs = [hammer(bare, [("/answer", "score=7")] * ANSWERS, clients)]
                our_runs = []
                for _ in range(ROUNDS):
                    our_runs.append(hammer(ours, forms(environment, ANSWERS), clients))
                    bare_runs.append(hammer(bare, [("/answer", "score=7")] * ANSWERS, clients))
                rows += lines(clients, our_runs, bare_runs[1:])
    table.show(["clients", "what", "answers/s", "p50 ms", "p99 ms", "worst ms", "ratio of answers/s"], rows)


def forms(environment: dict[str, str], count: int) -> list[Post]:
    """As many opened forms, each with a token of its own: what `count` people have on their screens."""
    from app import create_app
    from app.security import tokens

    settings = {
        "SECRET_KEY": environment["SECRET_KEY"],
        "TRUSTED_HOSTS": ["127.0.0.1"],
        "DATA_DIR": Path(environment["DATA_DIR"]),
    }
    app = create_app({**settings, "DATABASE_URL": f"sqlite:///{environment['DATA_DIR']}/whyscore.db"})
    with app.app_context():
        made = [tokens.Form(survey_id=1) for _ in range(count)]
        return [
            (f"/w/bench/send/{form.nonce}", urlencode({"score": "7", "token": tokens.seal_form(form)})) for form in made
        ]


def hammer(port: int, posts: Sequence[Post], clients: int) -> tuple[float, list[float]]:
    """Answers a second and the sorted latencies in ms; any answer but 303 is an error."""
    latencies: list[float] = []
    shares = [posts[number::clients] for number in range(clients)]
    threads = [threading.Thread(target=_client, args=(port, share, latencies)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if len(latencies) != len(posts):
        raise RuntimeError(f"{len(posts) - len(latencies)} answers were not taken")
    return len(posts) / seconds, sorted(latencies)


def _client(port: int, posts: Sequence[Post], latencies: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path, body in posts:
        began = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            return
        latencies.append(1000 * (time.perf_counter() - began))


def lines(
    clients: int, ours: list[tuple[float, list[float]]], bare: list[tuple[float, list[float]]]
) -> list[list[object]]:
    """The median run of each, and the ratio."""
    (our_rate, our_latencies), (bare_rate, bare_latencies) = (
        sorted(runs, key=lambda run: run[0])[ROUNDS // 2] for runs in (ours, bare)
    )
    return [
        [clients, "Whyscore", *_figures(our_rate, our_latencies), f"{our_rate / bare_rate:.2f}"],
        [clients, "bare Flask + SQLite insert", *_figures(bare_rate, bare_latencies), "1.00"],
    ]


def _figures(rate: float, latencies: list[float]) -> list[str]:
    p50, p99 = table.percentile(latencies, 0.5), table.percentile(latencies, 0.99)
    return [f"{rate:.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{latencies[-1]:.0f}"]
