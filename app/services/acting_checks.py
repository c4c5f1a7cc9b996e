"""What may be said about what is done: each field by itself, so that all that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from app.analysis.text.clean import normalise
from app.errors import Invalid
from app.models import PainPoint
from app.models.pain_points import STATUSES
from app.schemas.filters import EARLIEST, LATEST
from app.services.catalogue_checks import DEPARTMENT, OWNER, line, refuse, short

TICKET, NOTE = 500, 2000  # the most characters
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Errors = dict[str, list[str]]


def read(
    point: PainPoint, changes: Mapping[str, Any], departments: Collection[str], today: date
) -> tuple[dict[str, Any], str, Errors]:
    """The columns to set, the note, and what is wrong by field."""
    errors: Errors = {}

    def checked(name: str, check: Callable[[Any], Any], stored: Any) -> Any:
        if name not in changes:
            return stored
        try:
            return check(changes[name])
        except Invalid as refused:
            errors.update(refused.errors)
            return stored

    columns = {
        "owner": checked("owner", lambda text: short("owner", text, OWNER) or None, point.owner),
        "department": checked("department", lambda text: _department(text, departments, point), point.department),
        "status": checked("status", _status, point.status),
        "due_on": _iso(checked("due_on", lambda given: _day("due_on", given), point.due_on)),
        "ticket": checked("ticket", _ticket, point.ticket),
    }
    note = checked("note", _note, "")
    if columns["status"] == "won't do" != point.status and not note and "note" not in errors:
        errors["note"] = ["Say why it will not be done."]
    day = checked("fixed_on", lambda given: _day("fixed_on", given), None)
    try:
        columns["fixes"] = _fixes(point, columns["status"], day, today)
    except Invalid as refused:
        errors = refused.errors | errors
    return columns, note, errors


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _department(text: str | None, known: Collection[str], point: PainPoint) -> str:
    kept = short("department", text, DEPARTMENT)
    if kept and kept != point.department and kept not in known:
        refuse("department", "There is no such department: choose another, or make it in the settings.")
    return kept


def _status(text: str | None) -> str:
    if text not in STATUSES:
        refuse("status", f"Choose one of {', '.join(STATUSES)}.")
    return text


def _day(field: str, given: str | date | None) -> date | None:
    if isinstance(given, date) or not given:
        return given or None
    try:
        day = date.fromisoformat(given.strip()) if DAY.fullmatch(given.strip()) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        refuse(field, "Give a day that exists, written like 2026-11-22.")
    return day


def _ticket(text: str | None) -> str | None:
    kept = (text or "").strip()
    if not kept:
        return None
    if len(kept) > TICKET:
        refuse("ticket", f"Use at most {TICKET} characters.")
    if not _is_link(kept):
        refuse("ticket", "Give a whole address that begins with https://.")
    return kept


def _is_link(text: str) -> bool:
    """Whether it is an https address with a host, without a password, on one line."""
    try:
        parts = urlsplit(text)
        host, user = parts.hostname, parts.username
    except ValueError:
        return False
    is_plain = text == line(text) and " " not in text and "\\" not in text
    return parts.scheme == "https" and bool(host) and user is None and is_plain


def _note(text: str | None) -> str:
    kept = (normalise(text or "") or "").strip()
    if len(kept) > NOTE:
        refuse("note", f"Use at most {NOTE} characters for a note.")
    return kept


def _fixes(point: PainPoint, status: str, given: date | None, today: date) -> list[str]:
    """The days of all fixes. A new one is added with the status; the last one may be corrected while it stands."""
    if status != "fixed":
        if given and given != point.fixed_on:
            refuse("fixed_on", "The day of a fix goes with the status “fixed”.")
        return point.fixes
    is_new = point.status != "fixed"
    earlier = point.fixes if is_new else point.fixes[:-1]
    day = given or (today if is_new else point.fixed_on) or today
    if day > today:
        refuse("fixed_on", "This day is still to come.")
    if earlier and day.isoformat() < earlier[-1]:
        refuse("fixed_on", f"It was fixed on {earlier[-1]} before: give that day or a later one.")
    return [*earlier, day.isoformat()] if day.isoformat() not in earlier else list(earlier)
