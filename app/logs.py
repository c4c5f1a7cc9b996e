"""Log lines: one JSON object each, or text for a terminal. What people said, wrote or are called never gets into one.

So an error is told by its kind and by the lines of code it came through, without its message, which may quote.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

FORMATS = ("json", "text")
REQUEST = ("method", "route", "status", "ms")  # what a line about a request holds
Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Text(logging.Formatter):
    """A line for a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, told: Told) -> str:  # noqa: N802 - the name that logging calls
        """Where an error came from, without what it says."""
        return "\n".join(_frames(told))


class Json(logging.Formatter):
    """A line for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """One object on one line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        line |= {name: getattr(record, name) for name in REQUEST if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = _frames(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def _frames(told: Told) -> list[str]:
    kind, _, trace = told
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return [*frames, kind.__name__ if kind else "no error"]


def settings(level: str, kind: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for gunicorn, whose own lines go the same way."""
    formatter = Json if kind == "json" else Text
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": False},  # ours have the route instead
            "huey": {"level": "WARNING"},
            "alembic": {"level": "WARNING"},
        },
    }
