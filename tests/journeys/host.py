"""A page on another site that shows the widget, and whatever headers such a site may send."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.journeys.site import ROOT, Site

EMBED = ROOT / "widget" / "embed"


def snippet(name: str, site: Site, key: str) -> str:
    """A shipped snippet with this installation's address in it, and nothing else changed."""
    return (EMBED / f"{name}.html").read_text().replace("https://nps.example/w/KEY", f"{site.url}/w/{key}")


class Host:
    """Serves `page` at `url` under the name localhost: for a browser another site than 127.0.0.1."""

    def __init__(self) -> None:
        self.page = ""
        self.headers: Mapping[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        self.url = f"http://localhost:{self.port}"
        self.other_url = f"http://127.0.0.1:{self.port}"

    def shows(self, body: str, **headers: str) -> str:
        """Put a body on the page and return the page's address."""
        self.page = f'<!DOCTYPE html><html lang="en"><title>Shop</title><body><h1>Shop</h1>{body}'
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return f"{self.url}/account?customer=4711"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(host: Self) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page, headers = self._jar() if self.path == "/jar" else (host.page, host.headers)
                body = page.encode()
                self.send_response(200)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _jar(self) -> tuple[str, Mapping[str, str]]:
                """A page that sets a cookie and says whether it came back."""
                said = "a cookie came" if "jar=1" in self.headers.get("Cookie", "") else "no cookie came"
                return f"<!DOCTYPE html><title>Jar</title><p>{said}", {"Set-Cookie": "jar=1"}

            def log_message(self, *_: Any) -> None:
                return

        return Handler
