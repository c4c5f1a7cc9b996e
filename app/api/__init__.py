"""JSON for machines: one file for each noun."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from app.api import (
    acting,
    analyses,
    cases,
    catalogues,
    customers,
    docs,
    eligibility,
    health,
    inbox,
    metrics,
    openapi,
    pain_points,
    quarantine,
    reasons,
    report,
    responses,
    segments,
)
from app.errors import Refusal
from app.extensions import csrf

NOUNS = [
    responses.blueprint,
    reasons.blueprint,
    pain_points.blueprint,
    report.blueprint,
    segments.blueprint,
    catalogues.blueprint,
    acting.blueprint,
    analyses.blueprint,
    quarantine.blueprint,
    cases.blueprint,
    customers.blueprint,
    eligibility.blueprint,
]


def register(app: Flask) -> None:
    """Add the API's addresses."""
    openapi.register(app, NOUNS)
    for noun in NOUNS:
        csrf.exempt(noun)  # no cookie is ever read here: the key proves who asks
    csrf.exempt(inbox.blueprint)  # the signature proves who sends
    for routes in (docs.blueprint, health.blueprint, metrics.blueprint, inbox.blueprint):
        app.register_blueprint(routes)
    metrics.measure(app)


def refuse(refusal: Refusal) -> Response:
    """The one shape of an error: code, name, message, and errors by field."""
    answer = jsonify(code=refusal.status, name=refusal.name, message=refusal.message, errors=refusal.errors)
    answer.status_code = refusal.status
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
