"""Answers a second, over keep-alive connections, beside a bare insert and the peers under the same gunicorn."""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import peers, server, table
from bench.peers import FORM, Peer, Sent

ANSWERS = 3_000
OF_PEERS = 300  # once, for they are slower: their p99 is that of three requests
CLIENTS = (1, 8, 64)
ROUNDS = 3
HEAD = ["clients", "what", "answers/s", "p50 ms", "p99 ms", "worst ms", "not taken", "ratio of answers/s"]

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


@dataclass(frozen=True, slots=True)
class Run:
    """How many answers a second one run took, how long each waited in ms, and how many were refused."""

    rate: float
    latencies: list[float]
    refused: int


def main() -> None:
    """Print requests/s and latencies of all on both databases, in turn, and the ratio of the medians; peers once."""
    for database, environment in _databases():
        print(f"\n### {database}\n")
        table.show(HEAD, _rows(database, environment))


def _databases() -> Iterator[tuple[str, dict[str, str]]]:
    from tests.postgresql import BINARIES, Server

    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", server.settings(Path(folder))
    if not BINARIES:
        print("\nPostgreSQL is not installed; its table is left out.")
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "server").mkdir()
        Path(folder).chmod(0o755)
        with Server(Path(folder) / "server", is_durable=True) as running:
            yield "PostgreSQL", {**server.settings(Path(folder) / "data"), "DATABASE_URL": running.create("whyscore")}


def _rows(database: str, environment: dict[str, str]) -> list[list[object]]:
    if database != "SQLite":
        server.flask(environment, "db", "upgrade")
    server.flask(environment, "survey", "create", "bench", "--name", "Bench")
    yardstick = "bare Flask + SQLite insert" if database == "SQLite" else "bare Flask + psycopg insert"
    with (
        server.gunicorn("wsgi:app", environment) as ours,
        server.gunicorn("bench.bare:app", environment, ALIKE) as bare,
        _peers(database, Path(environment["DATA_DIR"])) as others,
    ):
        return [row for clients in CLIENTS for row in _measured(environment, clients, ours, (yardstick, bare), others)]


@contextmanager
def _peers(database: str, folder: Path) -> Iterator[list[Peer]]:
    with ExitStack() as running:
        started: list[Peer] = []
        if database == "SQLite" and peers.are_there():
            started = [running.enter_context(start(folder, ALIKE)) for start in (peers.metrics, peers.isso)]
        yield started


def _measured(
    environment: dict[str, str], clients: int, ours: int, bare: tuple[str, int], others: Sequence[Peer]
) -> list[list[object]]:
    plain = [Sent("/answer", "score=7", FORM)] * ANSWERS
    hammer(bare[1], plain, clients)  # once without counting
    turns: list[tuple[Run, Run]] = []
    for _ in range(ROUNDS):
        turns.append((hammer(ours, forms(environment, ANSWERS), clients), hammer(bare[1], plain, clients)))
    mine, yardstick = (_median([turn[place] for turn in turns]) for place in (0, 1))
    named = [("Whyscore", mine), (bare[0], yardstick)]
    named += [(peer.name, _of_peer(peer, clients)) for peer in others]
    return [[clients, name, *_figures(run), f"{run.rate / yardstick.rate:.2f}"] for name, run in named]


def _of_peer(peer: Peer, clients: int) -> Run:
    """A run of a peer, after one that does not count; what is taken is what is in its database afterwards."""
    hammer(peer.port, [peer.sent] * (OF_PEERS // 10), clients)
    before = peer.stored()
    run = hammer(peer.port, [peer.sent] * OF_PEERS, clients)
    stored = peer.stored() - before
    return Run(run.rate * stored / OF_PEERS, run.latencies, OF_PEERS - stored)


def _median(runs: Sequence[Run]) -> Run:
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


def forms(environment: dict[str, str], count: int) -> list[Sent]:
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
        bodies = [urlencode({"score": "7", "token": tokens.seal_form(form)}) for form in made]
    return [Sent(f"/w/bench/send/{form.nonce}", body, FORM) for form, body in zip(made, bodies, strict=True)]


def hammer(port: int, posts: Sequence[Sent], clients: int) -> Run:
    """Answers a second and the sorted latencies in ms of what was taken."""
    latencies: list[float] = []
    shares = [posts[number::clients] for number in range(clients)]
    threads = [threading.Thread(target=_client, args=(port, share, latencies.append)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return Run(len(latencies) / seconds, sorted(latencies), len(posts) - len(latencies))


def _client(port: int, posts: Sequence[Sent], note: Callable[[float], None]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for post in posts:
        began = time.perf_counter()
        connection.request("POST", post.path, post.body, post.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status < 400:
            note(1000 * (time.perf_counter() - began))


def _figures(run: Run) -> list[str]:
    if not run.latencies:
        return ["0", "–", "–", "–", str(run.refused)]
    p50, p99 = table.percentile(run.latencies, 0.5), table.percentile(run.latencies, 0.99)
    return [f"{run.rate:.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{run.latencies[-1]:.0f}", str(run.refused)]
