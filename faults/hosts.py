"""Two web hosts and two workers on PostgreSQL, and Redis or PostgreSQL as the queue: each is killed under load."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from faults import twin
from faults.clients import Crowd
from faults.deliveries import Receiver, receiver, states
from faults.judge import Verdict, judge
from faults.kills import CLEAN, told
from faults.places import KEY, WEB, Place, databases, postgresql
from faults.rows import Row, untried
from faults.sizes import Sizes
from tests.redis import BINARY, Redis

BASE = 80  # answers that the catalogue is learned from before the load
PACE = 1.0  # seconds between two answers of one client
PATIENCE = 60.0
TAKEN_OVER = 30.0  # seconds from the death of a worker until the other one has its lease, on a machine that is busy
# As they are, but the lease of a delivery lasts a second instead of a minute, and the catalogue is not learned anew at
# seventeen past, which on SQLite would come at another answer.
JOBS = (
    "-c",
    "from datetime import timedelta; from app import create_app, jobs; from app.services import analyses, deliveries; "
    "analyses.GROWTH = 1_000_000; deliveries.LEASE = timedelta(seconds=1); jobs.run(create_app(role='jobs'))",
)


@dataclass
class Installation:
    """Every program on a "host" of its own: another folder, another port."""

    webs: Sequence[Place]
    workers: Sequence[Place]
    redis: Redis | None
    first: int = 0  # the last answer before the load
    gone: str = ""  # how leases name the worker that was killed last
    waits: list[float] = field(default_factory=list)  # seconds until somebody was thanked after a kill
    takeovers: list[float] = field(default_factory=list)  # seconds until another worker had the lease

    def start(self) -> None:
        """Everything, at once."""
        for place in (*self.webs, *self.workers):
            place.start()
        for web in self.webs:
            web.wait()

    def stop(self) -> None:
        """`kill -9` of what is left."""
        for place in (*self.webs, *self.workers):
            place.kill()


def two_of_each(sizes: Sizes) -> Iterator[Row]:
    """Once with each queue."""
    target = f"{CLEAN}, every comment read, one delivery an event, the report of SQLite to the byte"
    for queue in ("Redis", "PostgreSQL"):
        what = f"two web hosts and two workers on PostgreSQL, the queue on {queue}, each killed in turn"
        if "PostgreSQL" not in databases() or (queue == "Redis" and BINARY is None):
            yield untried("hosts", what, f"no {queue} here", target)
            continue
        yield _campaign(queue, what, target, sizes)


def _campaign(queue: str, what: str, target: str, sizes: Sizes) -> Row:
    with installed(queue) as (all_, hook, folder):
        crowd = _load(all_, sizes)
        first = all_.webs[0]
        with first.inside():
            left = _wait_until_read()
            unsent, deliveries = _wait_until_sent()
            kept = twin.rows()
        all_.stop()
        verdict = judge(first, crowd.thanked, after=all_.first)
        said = twin.report(first)
        with twin.on_sqlite(folder / "twin", kept, all_.first, first.settings["SECRET_KEY"]) as place:
            is_same = said == twin.report(place)
        hook.kill()
    return _row(
        what, target, sizes, all_, crowd, verdict, left=left, unsent=unsent, deliveries=deliveries, same=is_same
    )


def _row(
    what: str, target: str, sizes: Sizes, all_: Installation, crowd: Crowd, verdict: Verdict, *,
    left: int, unsent: int, deliveries: int, same: bool,
) -> Row:  # fmt: skip
    found = (
        f"{verdict}; unread {left}; unsent {unsent}, deliveries without or beside their event {deliveries}; "
        f"report {'the same' if same else 'ANOTHER'}; longest until the next thanks {max(all_.waits):.1f} s, "
        f"until another worker took over {max(all_.takeovers):.1f} s; {told(crowd)}"
    )
    is_clean = verdict.is_clean and not crowd.wrong and not any((left, unsent, deliveries)) and same
    return Row(
        id="hosts",
        what=what,
        kills=len(all_.waits),
        acknowledged=verdict.acknowledged,
        lost=verdict.lost,
        doubled=verdict.doubled,
        found=found,
        target=target,
        is_met=is_clean and max(all_.takeovers) < TAKEN_OVER and len(all_.waits) >= sizes.host_kills,
    )


@contextmanager
def installed(queue: str) -> Iterator[tuple[Installation, Receiver, Path]]:
    """The database with its first answers read, and everything up."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True)))
        server = stack.enter_context(postgresql())
        url = server.create("whyscore")
        redis = stack.enter_context(Redis(folder)) if queue == "Redis" else None
        settings = {"DATABASE_URL": url, "QUEUE_URL": redis.url if redis else url}
        first = stack.enter_context(Place(folder / "web-0", (WEB,), **settings))
        same = settings | {"SECRET_KEY": first.settings["SECRET_KEY"]}
        webs = [first, _host(stack, folder / "web-1", WEB, same)]
        workers = [_host(stack, folder / f"worker-{number}", JOBS, same) for number in range(2)]
        all_ = Installation(webs, workers, redis)
        hook = stack.enter_context(receiver(folder / "got", 0.0))
        with first.inside():
            all_.first = _begin(hook.port)
        all_.start()
        yield all_, hook, folder


def _host(stack: ExitStack, folder: Path, program: Sequence[str], settings: dict[str, str]) -> Place:
    place = Place(folder, (program,), **settings)
    folder.mkdir()
    stack.callback(place.kill)
    return place


def _begin(port: int) -> int:
    """A survey that has learned its pain points, and tells a webhook of every answer to come; the last answer's id."""
    from app.extensions import db
    from app.models import Response
    from app.services import analyses, channels, demo, imports, surveys
    from app.services.channel_checks import Given

    survey = surveys.get(KEY)
    imports.bring_in(survey, islice(demo._rows(), BASE))
    analyses.run(survey.id)
    channels.create(survey, Given("webhook", "Hook", f"http://127.0.0.1:{port}/", ["response.created"]))
    return db.session.scalar(sa.select(sa.func.max(Response.id))) or 0


def _load(all_: Installation, sizes: Sizes) -> Crowd:
    """People answer by both hosts, and by the other one where one is gone, while each kind is killed in turn."""
    one, other = all_.webs
    kills: list[Callable[[], Place | None]] = [lambda: _kill_web(one), lambda: _kill_teller(all_)]
    kills += [lambda: _kill_web(other), lambda: _kill_teller(all_)] + (
        [lambda: _kill_redis(all_)] if all_.redis else []
    )
    ports = [web.port for web in all_.webs]
    with one.inside(), Crowd(ports, sizes.clients, pace=PACE) as crowd:
        for kill in islice(cycle(kills), sizes.host_kills):
            crowd.wait_for_one_more()
            fallen, fell = kill(), time.monotonic()
            all_.waits.append(crowd.wait_for_one_more())
            if fallen in all_.workers:
                all_.takeovers.append(time.monotonic() - fell + _time_until_taken_over(all_.gone))
            if len(all_.waits) == sizes.host_kills:
                break  # the others bring it to its end
            if fallen is not None:
                fallen.start()
            if fallen is not None and fallen in all_.webs:
                fallen.wait()
    return crowd


def _kill_web(web: Place) -> Place:
    web.kill()
    return web


def _kill_teller(all_: Installation) -> Place:
    """The worker that has the lease to tell people, with whatever it is at; the other one takes over."""
    from app.models import Lease

    _wait_for_workers(all_)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        holder = _asked(sa.select(Lease.holder).where(Lease.name == "tell")) or ""
        for worker in all_.workers:
            if f":{worker.running[0].pid}:" in holder:
                all_.gone = f":{worker.running[0].pid}:"
                worker.kill()
                return worker
        time.sleep(0.1)
    raise TimeoutError("no living worker has the lease to tell people")


def _wait_for_workers(all_: Installation) -> None:
    """Until both live, or there would be nobody to take over."""
    from app.models import Runner

    until = time.monotonic() + PATIENCE
    for worker in all_.workers:
        name = Runner.name.like(f"%:{worker.running[0].pid}:%")
        while _asked(sa.select(Runner.at).where(name)) is None and time.monotonic() < until:
            time.sleep(0.1)


def _asked(query: sa.Select[Any]) -> Any:
    """In a transaction of its own: what others have stored meanwhile is seen, and none stays open."""
    from app.extensions import db

    with db.engine.connect() as connection:
        return connection.scalar(query)


def _kill_redis(all_: Installation) -> None:
    """With everything it held."""
    if all_.redis is not None:
        all_.redis.stop()
        all_.redis.start()


def _time_until_taken_over(gone: str) -> float:
    """Until another worker has the lease to tell people; how long that took."""
    from app.models import Lease

    began, query = time.monotonic(), sa.select(Lease.holder).where(Lease.name == "tell")
    while gone in _asked(query) and time.monotonic() - began < PATIENCE:
        time.sleep(0.1)
    return time.monotonic() - began


def _wait_until_read() -> int:
    """How many comments nobody has read though there was time."""
    from app.models import CurrentRun, unread

    until = time.monotonic() + PATIENCE
    left = sa.select(sa.func.count()).select_from(unread.ids(sa.select(CurrentRun.run_id).scalar_subquery()).subquery())
    while _asked(left) and time.monotonic() < until:
        time.sleep(0.1)
    return int(_asked(left))


def _wait_until_sent() -> tuple[int, int]:
    """How many deliveries are not done though there was time; how many events have not exactly one."""
    from app.extensions import db
    from app.models import Delivery, Event, Response

    until = time.monotonic() + 2 * PATIENCE
    while set(states()) - {"done"} and time.monotonic() < until:
        time.sleep(0.1)
    unsent = sum(number for state, number in states().items() if state != "done")
    one = sa.select(Event.id, sa.func.count(Delivery.id)).outerjoin(Delivery, Delivery.event_id == Event.id)
    heard = one.join(Response, Response.id == Event.response_id).where(Event.type == "response.created")
    heard = heard.where(Response.source == "widget").group_by(Event.id)
    return unsent, sum(number != 1 for _, number in db.session.execute(heard))


def main() -> int:
    """Both queues, told row by row; the status is 1 when a target was missed."""
    rows = []
    for row in two_of_each(Sizes.from_environment()):
        rows.append(row)
        print(" | ".join(row.cells()), flush=True)
    return int(any(row.is_met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
