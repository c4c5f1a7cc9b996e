"""`gunicorn faults.shifted:app`: the application on a machine whose clock is set to what a file says.

Python's clock is set, for the whole process; libfaketime cannot be used, as Python 3.11 does not sleep under it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine

from wsgi import app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["app"]

FILE = "CLOCK"  # names the file with the seconds that the clock is off


class Clock:
    """Looks at the file before each request."""

    def __init__(self, application: WSGIApplication, file: Path) -> None:
        self.application, self.file = application, file
        self.lock, self.seconds = threading.Lock(), 0.0
        self.away: time_machine.travel | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Set the clock, then answer."""
        with self.lock:
            seconds = float(self.file.read_text() or self.seconds)
            if seconds != self.seconds:
                self._set(seconds)
        return self.application(environ, start_response)

    def _set(self, seconds: float) -> None:
        if self.away is not None:
            self.away.stop()
        self.away = time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds)) if seconds else None
        if self.away is not None:
            self.away.start()
        self.seconds = seconds


app.wsgi_app = Clock(app.wsgi_app, Path(os.environ[FILE]))  # type: ignore[method-assign]
