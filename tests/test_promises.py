"""Promises that no single part keeps alone: durability, reads that change nothing, a start that is refused."""

from __future__ import annotations

import fcntl
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import flask_migrate
import pysqlite3
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import db
from app.models import Base, Channel, Event, Response, Survey, engines, now, write_queue
from app.models.engines import UnsafeDatabaseError
from app.models.transaction import writing
from app.pages import widget_styles as styles
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.security import tokens
from app.services import (
    accounts,
    alert_rules,
    analyses,
    digests,
    heartbeats,
    installation,
    invitations,
    keys,
    reports,
    saved_views,
    shares,
    sources,
    surveys,
    themes,
    triages,
    users,
    work,
    work_doing,
)
from app.services import links as mail_links
from tests import rows
from tests.conftest import SETTINGS
from tests.pages import reader
from tests.rows import Raised, Said

ROOT = Path(__file__).parent.parent
FLOORS = {
    "authlib": (1, 9, 9),
    "flask": (3, 1, 3),
    "werkzeug": (3, 0, 6),
    "marshmallow": (4, 1, 2),
    "gunicorn": (22,),
    "nltk": (3, 10, 4),
    "pysqlite3": (0, 6, 1),
}


def parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


@pytest.mark.parametrize("package", FLOORS)
def test_no_library_is_older_than_the_repair_of_a_known_hole(package: str) -> None:
    assert parts(version(package)) >= FLOORS[package]


def test_the_sqlite_that_is_used_keeps_its_commits() -> None:
    with sa.create_engine("sqlite://", module=pysqlite3).connect() as connection:
        used = parts(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())

    assert engines.is_safe_sqlite(used)


@pytest.mark.parametrize(
    ("text", "is_safe"),
    [
        ("3.7.0", False),
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.3", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.52.0", False),
        ("3.53.4", True),
        ("4.0.0", True),
    ],
)
def test_a_sqlite_that_can_lose_commits_is_known_by_its_version(text: str, is_safe: bool) -> None:
    assert engines.is_safe_sqlite(parts(text)) is is_safe


def test_an_application_on_such_a_sqlite_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", (3, 51, 1))

    with pytest.raises(UnsafeDatabaseError, match="can lose commits in WAL mode; install pysqlite3"):
        create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"})


def test_a_write_turn_that_nobody_gives_back_is_a_named_problem(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no write turn")
    monkeypatch.setattr(write_queue, "WAIT", 0.1)
    path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///") + ".queue")
    with path.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert says("is locked by a program that does not let go")
    assert not says("is locked by a program")


@pytest.mark.usefixtures("app")
def test_a_folder_that_takes_no_writes_is_a_named_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # to root every folder but one on a read-only disk is writable

    assert says("cannot be written: give it to the account that runs Whyscore")


MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /srv/whyscore nfs4 rw,vers=4.2 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
me@host:/ /home/me/far fuse.sshfs rw 0 0
/dev/sdb1 /srv/whyscore/local ext4 rw 0 0
tmpfs /mnt/twice tmpfs rw 0 0
server:/export /mnt/twice nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind", "is_remote"),
    [
        ("/var/lib/whyscore", "ext4", False),
        ("/srv/whyscore/data", "nfs4", True),
        ("/srv/whyscore/local/data", "ext4", False),
        ("/mnt/my share/data", "cifs", True),
        ("/home/me/far", "fuse.sshfs", True),
        ("/home/me/farther", "ext4", False),
        ("/mnt/twice", "nfs", True),
    ],
)
def test_a_network_volume_is_found_in_the_table_of_mounts(folder: str, kind: str, is_remote: bool) -> None:
    found = installation.file_system(Path(folder), MOUNTS)

    assert found == kind
    assert installation.is_remote(found) is is_remote


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any tables, inside its context."""
    url = f"sqlite:///{tmp_path / 'whyscore.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create(f"unmigrated_{secrets.token_hex(4)}")
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": url})
    with app.app_context():
        yield app
        db.engine.dispose()


def says(words: str) -> list[str]:
    return [problem for problem in installation.problems() if words in problem]


@pytest.mark.usefixtures("empty")
def test_a_database_without_its_schema_is_a_named_problem() -> None:
    assert says("the database schema is empty")
    assert says("flask --app wsgi db upgrade")


def test_an_older_schema_is_a_named_problem(empty: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('0000')"))

    assert says(f"the database schema is 0000, not {installation.head()}")


def test_what_cannot_keep_an_answer_is_a_named_problem(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    here = installation.file_system(Path(app.config["DATA_DIR"]))
    monkeypatch.setattr(installation, "REMOTE", {here.partition(".")[0]})

    expected = {
        "sqlite": "is on a network volume, where SQLite loses answers",
        "postgresql": "PostgreSQL has fsync=off, so an acknowledged answer could be lost",  # the tests' own server
    }
    assert [expected[db.engine.dialect.name] in problem for problem in installation.problems()] == [True]


@pytest.mark.parametrize("page", [2, -1], ids=["where the version stands", "elsewhere"])
def test_a_damaged_file_is_a_named_problem(tmp_path: Path, page: int) -> None:
    file = tmp_path / "whyscore.db"
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{file}"})
    with app.app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        db.engine.dispose()
        content = file.read_bytes()
        start = (page - 1) * 4096 if page > 0 else len(content) - 4096
        file.write_bytes(content[:start] + b"\xff" * 4096 + content[start + 4096 :])

        assert says("the database is damaged")
        assert says("restore the last backup")
        db.engine.dispose()


def test_a_database_that_is_not_there_is_a_named_problem(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://whyscore@/nowhere?host={tmp_path}"
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": url})

    with app.app_context():
        assert says("the database cannot be reached")
        assert says("check DATABASE_URL")


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("", "SECRET_KEY is missing"),
        ("k3Yx9", "SECRET_KEY must be at least 32 random bytes"),
        ("changeme" * 6, "SECRET_KEY must be at least 32 random bytes, not a word"),
    ],
    ids=["missing", "short", "a word"],
)
def test_without_a_good_secret_the_start_is_refused_by_name(secret: str, sentence: str) -> None:
    environment = {**os.environ, "SECRET_KEY": secret}

    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


STORE = """
import os
from wsgi import app
from app.services import responses, surveys
from app.services.responses import Answer

for part in range(12):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    with app.app_context():
        survey = surveys.get("shop")
        for number in range(200):
            nonce = f"{part}-{number}"
            responses.record(survey.id, Answer(nonce, number % 11, "widget"))
            os.write(1, f"{os.getpid()} {nonce}\\n".encode())  # one write: lines of twelve processes never mix
    os._exit(0)
"""


def stores_until_killed(app: Flask) -> list[str]:
    """The answers that twelve processes acknowledged, each killed at another moment of a later one."""
    settings = {"DATABASE_URL": app.config["DATABASE_URL"], "DATA_DIR": str(app.config["DATA_DIR"])}
    command, moments = [sys.executable, "-c", STORE], random.Random(11)  # noqa: S311 - moments, not secrets
    acknowledged: list[str] = []
    killed: set[int] = set()
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        for line in one.stdout:
            process, nonce = line.split()
            acknowledged.append(nonce)
            if int(process) not in killed and nonce.endswith("-9"):
                time.sleep(moments.uniform(0, 0.006))  # some part of the way through a store
                os.kill(int(process), signal.SIGKILL)
                killed.add(int(process))
    assert len(killed) == 12
    return acknowledged


def test_a_killed_process_leaves_no_answer_without_its_event_and_loses_none(app: Flask) -> None:
    surveys.create("shop", "Shop")
    db.session.rollback()

    acknowledged = stores_until_killed(app)

    db.session.rollback()
    ids = db.session.scalars(sa.select(Response.id)).all()
    told = db.session.scalars(sa.select(Event.response_id)).all()
    assert 120 <= len(acknowledged) <= len(ids) < 12 * 200
    assert set(acknowledged) <= set(db.session.scalars(sa.select(Response.nonce)))
    assert sorted(told) == sorted(ids)


MAY_FOLLOW_A_READ = frozenset({"audit_entry", "audit_head"})  # not even the time of a last visit is kept
QUERIES = (
    {},
    {"score": "9", "lang": "de", "r": "x", "next": "/surveys"},
    {"respondent": "user-1"},
    {"id": "ann"},
    {"name": "acme"},
    {"by": "attr.plan"},
)
PREFETCHES = ({}, {"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"})


def fingerprints() -> dict[str, str]:
    """A hash of all rows of each table."""
    with engines.reading(db.engine).connect() as connection:
        return {
            table.name: sha256(repr(sorted(map(repr, connection.execute(table.select())))).encode()).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in MAY_FOLLOW_A_READ
        }


@pytest.fixture
def shop(app: Flask) -> Survey:
    """A survey that has everything an address can name."""
    made = surveys.create("shop", "Shop")
    rows.store(made, [Said(3, "it crashes when I save", [Raised("crashes", "it crashes when I save")], now())] * 40)
    rows.store(made, [Said(3, at=now(), person="ann", more={"attributes": {"account": "acme"}})])
    rows.store(made, [Said(9, at=now(), more={"attributes": {"plan": plan}}) for plan in ("team", "free")])
    triages.mark(made, "ann@example.com", [1], "case")
    heartbeats.beat("jobs")
    with writing() as session:
        session.add(Channel(survey_id=made.id, kind="email", name="Ann", address="ann@example.com"))
    return made


def links(survey: Survey) -> dict[str, str]:
    """What opens something by itself, each still unused."""
    eve = users.create("eve@example.com", reader.PASSWORD)
    saved_views.save(survey, eve, "German", Filters(language="de"), for_all=True)
    links = {
        "invitation": invitations.invite(survey, "ann@example.com", "eve@example.com", "viewer"),
        "reset_token": accounts.reset_link(eve),
        "share": shares.create(survey, "ann@example.com", "", "", "30", "", with_quotes=True),
    }
    work.ask_export(survey, "ann@example.com", "csv", Filters())
    doing = work_doing.take()
    assert doing
    work_doing.do(doing)
    db.session.rollback()  # a crawl takes longer than PostgreSQL lets anybody idle in a transaction
    return {name: link.rpartition("/")[2] for name, link in links.items()}


def address(rule: Rule, named: Mapping[str, str]) -> str:
    """The address of something that exists; a new kind of argument has to be named here first."""
    return re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", lambda part: named[part[1]], rule.rule)


def crawl(app: Flask, client: Any, named: Mapping[str, str], bearer: str) -> dict[str, set[int]]:
    """Ask for every address in every way that must change nothing; the statuses by route."""
    statuses = defaultdict(set)
    for rule in app.url_map.iter_rules():
        for method in sorted({"GET", "HEAD", "OPTIONS"} & (rule.methods or set())):
            for headers in PREFETCHES:
                sent = {**headers, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
                for query in QUERIES:
                    answer: TestResponse = client.open(
                        address(rule, named), method=method, headers=sent, query_string=query
                    )
                    statuses[f"{method} {rule.rule}"].add(answer.status_code)
                    answer.close()
    return statuses


def _told(shop: Survey) -> dict[str, str]:
    """A rule, a digest, a source and the links of mails about them."""
    ann = db.session.scalars(sa.select(Channel)).one()
    rule = alert_rules.create(shop, {"kind": "nps.dropped"}, [ann.id])
    digest = digests.create(shop, {"name": "Weekly", "cycle": "weekly"}, [ann.id])
    sources.create(shop, sources.Given("webhook", "desk", columns="rating = score"))
    addresses = {
        "token": mail_links.act(shop, ann, "point", "crashes"),
        "case": mail_links.act(shop, ann, "case", "1"),
        "question": mail_links.confirm(shop, ann, digest.id),
        "ending": mail_links.unsubscribe(shop, ann, digest.id),
    }
    sealed = {name: address.rpartition("/")[2] for name, address in addresses.items()}
    numbers = {"rule_id": str(rule.id), "digest_id": str(digest.id), "channel_id": str(ann.id), "case_id": "1"}
    db.session.rollback()  # PostgreSQL cuts those who idle in a transaction
    return sealed | numbers


@pytest.mark.parametrize("is_signed_in", [False, True], ids=["anonymous", "signed in"])
def test_reading_any_page_in_any_way_changes_no_table(app: Flask, shop: Survey, is_signed_in: bool) -> None:
    receipt = tokens.seal_receipt(tokens.Receipt(shop.id, 1))
    opened = tokens.seal_opened(tokens.Receipt(shop.id, 1))
    named = {
        "key": "shop",
        "receipt": receipt,
        "opened": opened,
        "id_": "crashes",
        "nonce": "n",
        "filename": "x",
        "name": "desk",
        "id": "1",
    }
    named |= {"number": "1", "response_id": "1", "flag": "pin", "decision": "include", "prefix": "wak_0"}
    named |= {"delivery_id": "1", "state": "on", "kind": "csv"}
    named |= _told(shop)
    named |= {"case_id": "1", "theme": styles.code(themes.of({}))}
    key = keys.create(shop, "crawler") if is_signed_in else ""
    client = reader.ann(app).browser if is_signed_in else reader.browser(app)
    named |= links(shop)
    before = fingerprints()

    statuses = crawl(app, client, named, key)
    for method in ("GET", "HEAD"):  # has tests of its own; here it turns red if the crawl outlasts the one beat
        statuses.pop(f"{method} /readyz")

    assert fingerprints() == before
    assert len(before) == len(Base.metadata.sorted_tables) - len(MAY_FOLLOW_A_READ)
    if is_signed_in:
        pages = {name: found for name, found in statuses.items() if name.startswith("GET ")}
        assert len(pages) > 15
        assert {name for name, found in pages.items() if not found & {200, 302, 303}} == set()
    assert not {status for found in statuses.values() for status in found} & {500, 503}


def test_a_reader_never_sees_half_an_analysis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = surveys.create("shop", "Shop")
    crash = "The app keeps crashing"
    first = rows.store(survey, [Said(2, crash, [Raised("crashes", crash)], now())] * 30)
    monkeypatch.setattr(analyses, "AT_ONCE", 3)  # so that a run is stored in many transactions
    db.session.rollback()
    seen, over = [], threading.Event()

    def poll() -> None:
        while not over.is_set():
            with app.app_context():
                app.extensions.get("report_cache", {}).clear()
                seen.append(to_json(reports.build(surveys.get("shop"), Filters(), now())))
            over.wait(0.02)

    looking = threading.Thread(target=poll)
    looking.start()
    second = analyses.run(survey.id).id
    over.set()
    looking.join(30)

    assert len(seen) > 5
    assert {report["analysis"]["id"] for report in seen} <= {first, second}
    assert {(report["comments"]["n"], report["analysis"]["pending"]) for report in seen} == {(30, 0)}
    assert {tuple(point["mentions"]["total"] for point in report["pain_points"]) for report in seen} == {(30,)}


def test_a_number_that_no_row_can_have_is_nothing_rather_than_a_fault(app: Flask, shop: Survey) -> None:
    client = reader.ann(app).browser
    numbers = {"response_id", "number", "delivery_id", "channel_id", "rule_id", "digest_id"}
    named = dict.fromkeys(numbers, str(2**63)) | {"key": "shop", "state": "on"}
    numbered = [rule for rule in app.url_map.iter_rules() if rule.arguments & numbers]

    statuses = {
        client.open(address(rule, named), method=method).status_code
        for rule in numbered
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert len(numbered) > 3
    assert statuses <= {400, 401, 404}  # 400 and 401 where who asks without token or key is refused first
