"""What is suspicious about how an answer was sent. Nothing here refuses: who is suspected is kept waiting, not lost."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from flask import current_app, request

TRAP = "website"  # a field that people do not see and programs fill in
TOO_FAST, HONEYPOT, FOREIGN_ORIGIN = "too-fast", "honeypot", "foreign-origin"
FETCH_METADATA, TOKEN_REFUSED = "fetch-metadata", "token-refused"
REASONS = (TOO_FAST, HONEYPOT, FOREIGN_ORIGIN, FETCH_METADATA, TOKEN_REFUSED)
DESTINATIONS = ("iframe", "document")


def of_request(allowed_origins: Sequence[str]) -> str | None:
    """The first reason to suspect whoever sent this request, None for an honest browser."""
    if any(request.form.getlist(TRAP)):
        return HONEYPOT
    if not _is_own(request.headers.get("Origin"), allowed_origins):
        return FOREIGN_ORIGIN
    return None if _is_navigation() else FETCH_METADATA


def of_age(first_render: int) -> str | None:
    """A reason when the form was sent sooner than anybody reads it."""
    return TOO_FAST if time.time() - first_render < current_app.config["LEAST_SECONDS"] else None


def _is_own(origin: str | None, allowed_origins: Sequence[str]) -> bool:
    """`null` is what a sandboxed frame sends, and older browsers send none.

    Of our own host the scheme does not matter: a proxy that speaks TLS may not have told us.
    """
    if origin in {None, "null", current_app.config["BASE_URL"]}:
        return True
    ours = {f"{scheme}://{request.host}" for scheme in ("http", "https")}
    return origin in ours or any(_matches(origin or "", allowed) for allowed in allowed_origins)


def _matches(origin: str, allowed: str) -> bool:
    """`https://*.example.com` stands for all hosts below it, as in the list of sites that may show the frame."""
    pattern = re.escape(allowed).replace(re.escape("*."), "[a-z0-9.-]+\\.")
    return re.fullmatch(pattern, origin.lower()) is not None


def _is_navigation() -> bool:
    """A form that a person sends is a navigation of a page or a frame; browsers that say so are believed."""
    mode, destination = (request.headers.get(f"Sec-Fetch-{name}") for name in ("Mode", "Dest"))
    return mode in {None, "navigate"} and destination in {None, *DESTINATIONS}
