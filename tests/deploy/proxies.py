"""nginx and Caddy with the files of deploy/, on ports of their own, with a certificate made on the spot."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.deploy.reading import DEPLOY
from tests.receivers import free_port

HOST = "nps.example"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CADDY = shutil.which("caddy")
PROGRAMS = {"nginx": NGINX, "caddy": CADDY}
PATIENCE = 20.0


@dataclass
class Proxy:
    """A proxy that runs: its port for TLS, that without, and whose certificate to trust."""

    name: str
    folder: Path
    upstream: int
    port: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    @property
    def key(self) -> Path:
        return self.folder / "privkey.pem"

    def connect(self) -> ssl.SSLSocket:
        """A connection as a browser makes it, that trusts the certificate of this proxy alone."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        return trust.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 20), server_hostname=HOST)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of what is answered to one request over TLS."""
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": HOST, **named})
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        connection.close()
        return found

    def command(self, *, is_test: bool = False) -> list[str]:
        """What starts it, or only checks its file."""
        file = str(self.write())
        if self.name == "nginx":
            return [str(NGINX), "-c", file, "-p", str(self.folder), "-e", "stderr", *(["-t"] if is_test else [])]
        verb = "validate" if is_test else "run"
        return [str(CADDY), verb, "--config", file, "--adapter", "caddyfile"]

    def write(self) -> Path:
        """The file of deploy/ with ports, certificate and folders of the test."""
        return self._nginx() if self.name == "nginx" else self._caddy()

    def _nginx(self) -> Path:
        site = (DEPLOY / "nginx.conf").read_text()
        site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.MULTILINE)  # not every machine speaks IPv6
        for old, new in {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "http://127.0.0.1:8000": f"http://127.0.0.1:{self.upstream}",
            "/etc/ssl/nps.example/": f"{self.folder}/",
            "/var/log/nginx/": f"{self.folder}/",
        }.items():
            assert old in site, old
            site = site.replace(old, new)
        (self.folder / "whyscore.conf").write_text(site)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        around = [f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds]
        account = "user root;" if os.getuid() == 0 else ""
        file = self.folder / "nginx.conf"
        file.write_text(
            f"{account} daemon off; worker_processes 1; pid {self.folder}/pid; events {{}}\n"
            f"http {{ {' '.join(around)} include {self.folder}/whyscore.conf; }}\n"
        )
        return file

    def _caddy(self) -> Path:
        site = (DEPLOY / "Caddyfile").read_text()
        site = site.replace("{$HOST:nps.example} {", f"{HOST}:{self.port} {{\n\ttls {self.certificate} {self.key}")
        site = site.replace("{$UPSTREAM:127.0.0.1:8000}", f"127.0.0.1:{self.upstream}")
        if caddy_version() < (2, 7):  # what it was called before
            site = site.replace("request_buffers 128KiB", "buffer_requests\n\t\tmax_buffer_size 128KiB")
        file = self.folder / "Caddyfile"
        file.write_text(f"{{\n\tadmin off\n\thttp_port {self.plain}\n\thttps_port {self.port}\n}}\n{site}")
        return file

    @property
    def environment(self) -> dict[str, Any]:
        """Caddy keeps what it makes below the home of its account."""
        return {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}


def caddy_version() -> tuple[int, int]:
    """Major and minor."""
    said = subprocess.check_output([str(CADDY), "version"], text=True)
    major, minor = re.findall(r"\d+", said)[:2]
    return int(major), int(minor)


def prepared(name: str, folder: Path, upstream: int) -> Proxy:
    """A proxy with its certificate, not yet running."""
    proxy = Proxy(name, folder, upstream)
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(proxy.key), "-out", str(proxy.certificate)]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
    return proxy


@contextlib.contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    """Started, and stopped in the end."""
    log = proxy.folder / "proxy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(proxy.command(), stdout=out, stderr=out, env=proxy.environment)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), proxy.connect():
                break
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield proxy
    finally:
        process.terminate()
        process.wait(PATIENCE)
