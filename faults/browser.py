"""A browser on the widget: opens a form, sends it, and reads what it is answered as a person would."""

from __future__ import annotations

import base64
import http.client
import json
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from tests.pages.reading import Page

KINDLY = {"Accept-Language": "en"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **KINDLY}
PATIENCE = 40.0  # seconds for an answer, longer than any wait of ours


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    page: Page
    location: str
    retry_after: str


class Browser:
    """One keep-alive connection, opened anew when it breaks: to the next host, where there are several.

    As browsers do, it sends again at once where a connection that was used before is closed without a word: it had
    rested too long, and the server closed it in that moment.
    """

    def __init__(self, *ports: int) -> None:
        self.ports = cycle(ports)
        self._go_on()

    def _go_on(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", next(self.ports), timeout=PATIENCE)

    def open(self, key: str, score: int) -> Answered | None:
        """The form with a chosen score; None where nobody answers."""
        return self._ask("GET", f"/w/{key}?score={score}")

    def send(self, page: Page, words: str) -> Answered | None:
        """Press Send on a form with these words in it."""
        return self._ask("POST", page.action or "", urlencode({**page.fields, "comment": words}))

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> Answered | None:
        was_open = self.connection.sock is not None
        try:
            answer = self._answer(method, path, body)
            page = Page(answer.read().decode(), answer.status)
            return Answered(answer.status, page, answer.getheader("Location", ""), answer.getheader("Retry-After", ""))
        except (OSError, http.client.HTTPException) as error:
            with suppress(OSError):
                self.connection.close()
            self._go_on()
            is_stale = was_open and isinstance(error, ConnectionResetError | BrokenPipeError)
            return self._ask(method, path, body) if is_stale else None

    def _answer(self, method: str, path: str, body: str | None) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, FORM if body else KINDLY)
        return self.connection.getresponse()


def response_id(location: str) -> int:
    """Which response a receipt in an address stands for: anybody can read it, only we can write it."""
    payload = location.split("/")[4].partition(".")[0]
    return int(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["i"])
