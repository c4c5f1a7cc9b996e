"""Hostile cases that only a real gunicorn shows: bytes on the wire, its settings, its files."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Response
from app.services import surveys
from tests.journeys.site import ROOT, Site
from tests.pages.reading import Page
from tests.security.test_headers import NEVER_IN_A_FRAME, WIDGET

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real server that counts who asks how often."""
    with Site(tmp_path_factory.mktemp("wire"), RATE_LIMITS="true") as site:
        with site.inside():
            surveys.create("wire", "Acme")
        yield site


def ask(site: Site, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[Page, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    page = Page(answer.read().decode(), answer.status)
    connection.close()
    return page, answer.headers


def multipart(parts: int) -> bytes:
    one = b'--x\r\nContent-Disposition: form-data; name="score"\r\n\r\n9\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.svg"\r\n\r\n<svg/>\r\n'
    return one * parts + file + b"--x--\r\n"


BODIES = {
    "1,000 parts and a file": ("multipart/form-data; boundary=x", multipart(1_000)[:65_000]),
    "parts without a boundary": ("multipart/form-data", multipart(3)),
    "plain text": ("text/plain", b"score=9"),
    "JSON": ("application/json", b'{"score": 9}'),
    "no type": ("", b"score=9"),
    "two types": (f"{FORM}, text/plain", b"score=9"),
}


@pytest.mark.parametrize("body", BODIES)
def test_what_is_no_form_is_not_read(limited: Site, body: str) -> None:
    kind, content = BODIES[body]

    page, headers = ask(limited, "POST", "/w/wire/send/abc", content, **({"Content_Type": kind} if kind else {}))

    assert page.status == 415
    assert {name: headers[name] for name in WIDGET} == WIDGET
    assert [name for name in NEVER_IN_A_FRAME if name in headers] == []
    assert not re.search(r"\d", headers["Server"])
    assert count(limited) == 0


FORGED = ["1.2.3.{}", "1.2.3.4, 5.6.7.{}", "fe80::{}%eth0", "unknown{}", "1.2.3.{}:99", '"[2001:db8::{}]:1"', ",,{}"]


def test_no_header_dodges_the_limit(limited: Site) -> None:
    form, _ = ask(limited, "GET", "/w/wire")
    statuses = []
    for number in range(14):
        body = urlencode(form.fields | {"score": str(number % 11)}).encode()
        said = FORGED[number % len(FORGED)].format(number)
        forged = {"X_Forwarded_For": said, "X_Real_IP": said, "Forwarded": f"for={said}", "Client_IP": said}
        page, headers = ask(limited, "POST", form.action or "", body, Content_Type=FORM, **forged)
        statuses.append(page.status)

    assert statuses == [303] * 10 + [429] * 4
    assert int(headers["Retry-After"]) > 0
    assert count(limited) == 1


def count(site: Site) -> int:
    with site.inside():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Response)) or 0


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What gunicorn makes of our settings, as it prints them."""
    given = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TRUSTED_HOSTS": "localhost",
        "DATA_DIR": str(_new(tmp_path_factory)),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--print-config", "wsgi:app"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _new(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("settings")


def test_there_is_no_control_socket(limited: Site, settings: str) -> None:
    names = {line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines()}
    folder = limited.settings["DATA_DIR"]

    assert re.search(r"^control_socket_disable\s+= True$", settings, re.MULTILINE)
    assert [name for name in names if name.startswith(folder) or "gunicorn.ctl" in name] == []
    assert [str(path) for path in Path(folder).rglob("*") if path.is_socket()] == []


def test_gunicorn_writes_no_log_of_requests_of_its_own(settings: str) -> None:
    assert re.search(r"^accesslog\s+= None$", settings, re.MULTILINE)
