"""Requests that are tried again while that can help: after a lost connection, 429, 502, 503 and 504."""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from whyscore_client.errors import Refused, Unreachable

AGAIN = frozenset({429, 502, 503, 504})
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect would take the key to wherever it leads."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message  # by any case of their names
    body: bytes


@dataclass(slots=True)
class Sender:
    """Sends as often as `attempts` says, with pauses that grow, or as long as the server asks for (`Retry-After`).

    A server that asks for more than `longest_wait` seconds is not waited for.
    """

    attempts: int = 5
    timeout: float = 15.0
    longest_wait: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def ask(self, request: urllib.request.Request) -> Any:
        """The JSON of the answer; Refused or Unreachable without one."""
        for left in reversed(range(self.attempts)):
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self.attempts - left - 1)) * random.uniform(0.5, 1)  # noqa: S311
            try:
                answer = self._once(request)
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    raise Unreachable(f"No answer from {request.host}: {error}") from error
            else:
                wait = _seconds(answer.headers.get("Retry-After"), pause) if answer.status in AGAIN else None
                if wait is None or not left or wait > self.longest_wait:
                    return _read(answer)
                pause = wait
            self.sleep(pause)
        raise AssertionError("attempts must be at least 1")

    def _once(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


def _seconds(text: str | None, otherwise: float) -> float:
    """How long to wait, by what the server says or else by ourselves."""
    if text is not None and text.strip().isascii() and text.strip().isdecimal():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text or "").timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return otherwise


def _read(answer: Answer) -> Any:
    try:
        value = json.loads(answer.body)
    except ValueError:
        value = None
    if 200 <= answer.status < 300 and value is not None:
        return value
    told = value if isinstance(value, dict) else {}
    message = str(told.get("message") or f"The server answered {answer.status} and no JSON.")
    errors = told.get("errors")
    raise Refused(answer.status, str(told.get("name", "")), message, errors if isinstance(errors, dict) else {})
