"""Webhooks of others: a help desk or a review tool sends what its customers say."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from app.api.bodies import parse
from app.services import inbox

blueprint = Blueprint("inbox", __name__)


@blueprint.post("/api/inbox/<key:key>/from/<string:name>")
def take(key: str, name: str) -> Response:
    """Look whose it is before anything reads it, then store what it says."""
    source, body = inbox.find(key, name), request.get_data()
    inbox.prove(source, request.headers, body)
    taken = inbox.take(
        source, parse(body), request.headers.get("webhook-id", "") if source.scheme == "standard" else ""
    )
    counts = {outcome: taken.outcomes[outcome] for outcome in ("created", "changed", "repeated")}
    return jsonify(**counts, rejected=[{"item": line, "reason": reason} for line, reason in taken.rejected])
