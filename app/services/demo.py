"""A survey to look at: written for this project, dated back from the day it is loaded."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app import importers
from app.errors import NotFound
from app.extensions import db
from app.importers.rows import Row
from app.models import Survey, User, now, queries
from app.services import analyses, imports, surveys, users, values

KEY, NAME = "demo", "Lumen Notes"
EMAIL = "demo@whyscore.example"
FOLDER = Path(__file__).resolve().parent.parent / "demo"
FILE = FOLDER / "answers.csv"
HOST_PAGE = FOLDER / "host" / "index.html"


@dataclass(frozen=True, slots=True)
class Demo:
    """Where to look and how to get in. `password` is None where the account is not ours to tell about."""

    survey: Survey
    email: str
    password: str | None


def load(allowed_origins: list[str], progress: Callable[[str, int, int], None] | None = None) -> Demo:
    """The demo survey and its account, made if they are not there."""
    survey = _survey(allowed_origins)
    if queries.current_run(survey.id) is None:
        imports.bring_in(survey, _rows(), source="demo", opens_cases=True)
        values.set_lifetimes(KEY, "EUR", values.Lifetimes(24, "plan", {"free": 6, "business": 48}))
        analyses.run(survey.id, progress)
    return Demo(survey, EMAIL, _password())


def _survey(allowed_origins: list[str]) -> Survey:
    try:
        surveys.get(KEY)
    except NotFound:
        surveys.create(KEY, NAME)
    return surveys.allow_origins(KEY, allowed_origins)


def _rows() -> Iterator[Row]:
    """The file says how long ago; an import says when."""
    at = now()
    for row in importers.read(FILE):
        cells = dict(row.values)
        cells["created_at"] = (at - timedelta(days=float(cells.pop("days_ago")))).isoformat()
        days = cells.pop("customer_for_days")
        cells["customer_since"] = (at - timedelta(days=int(days))).date().isoformat() if days else ""
        yield Row(row.line, cells)


def _password() -> str | None:
    """The demo account's password, kept in a file of the data folder that only the operator can read."""
    note = Path(current_app.config["DATA_DIR"]) / "demo-password"
    if db.session.scalar(sa.select(User.id).where(User.email == EMAIL)):
        return note.read_text().strip() if note.exists() else None
    password = secrets.token_urlsafe(9)
    users.create(EMAIL, password, is_admin=True)
    note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # with PostgreSQL nothing else may lie there
    note.touch(mode=0o600)
    note.write_text(password + "\n")
    return password


def write_host_page() -> Path:
    """A folder with the page that stands for a customer's product, its frame leading to where we are reached."""
    folder = Path(current_app.config["DATA_DIR"]) / "demo-host"
    folder.mkdir(parents=True, exist_ok=True)
    page = HOST_PAGE.read_text().replace("https://nps.example", current_app.config["BASE_URL"])
    (folder / "index.html").write_text(page)
    return folder
