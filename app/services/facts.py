"""Fetching the facts of large surveys when a process starts, before somebody waits for them."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from app.models import queries

LARGE = 20_000  # answers; fewer are fetched within the time of one view

log = logging.getLogger("whyscore.facts")


def fetch_ahead(app: Flask) -> threading.Thread:
    """Fetch them in the background, the largest survey last, so that it stays longest."""
    thread = threading.Thread(target=_fetch, args=(app,), name="facts", daemon=True)
    thread.start()
    return thread


def _fetch(app: Flask) -> None:
    try:
        with app.app_context():
            for survey_id in queries.large_surveys(LARGE):
                queries.number(survey_id)
    except Exception as error:  # whoever looks at a report fetches them too, and is told what is wrong
        log.error("facts: %s", type(error).__name__)
