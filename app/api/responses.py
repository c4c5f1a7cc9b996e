"""Responses: sent by a host's own program, and listed for one."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request

from app.api import openapi, paging
from app.api.auth import needs
from app.models import Survey
from app.models.listings import Listed, Position
from app.schemas.responses import NewResponse, ResponsePage, StoredResponse
from app.services import listings, submissions

blueprint = openapi.Blueprint("responses", __name__, description="What people answered.")
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Your own name of this request: a repeat within 24 hours gets the first answer and stores nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


@blueprint.route("/surveys/<key:key>/responses", methods=["POST"], parameters=[openapi.KEY])
@needs("responses:write")
@blueprint.doc(parameters=[IDEMPOTENCY_KEY])
@blueprint.arguments(NewResponse)
@blueprint.response(201, StoredResponse, description="Stored.")
@blueprint.alt_response(200, schema=StoredResponse, description="There already; changed if it says something else.")
@blueprint.alt_response(400, "BAD_REQUEST")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
def create_response(survey: Survey, values: Mapping[str, Any]) -> tuple[Listed, int, dict[str, str]]:
    """Send an answer."""
    key = request.headers.get("Idempotency-Key")
    taken = submissions.take(survey, submissions.Submission(values, key, request.get_data()))
    return taken.response, taken.status, {"Idempotent-Replayed": "true"} if taken.is_repeat else {}


@blueprint.route("/surveys/<key:key>/responses", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[*openapi.FILTERS, *openapi.PAGING])
@blueprint.response(200, ResponsePage)
def list_responses(survey: Survey) -> dict[str, Any]:
    """List answers with what was understood of them, the newest first."""
    asked = paging.asked("responses", survey)
    page = listings.newest(survey, asked.filters, asked.limit, _position(asked.after))
    return {"responses": page.responses, "next": asked.cursor(_sealable(page.next)), "is_withheld": page.is_withheld}


def _position(after: Any) -> Position | None:
    return None if after is None else (datetime.fromisoformat(after[0]), after[1])


def _sealable(position: Position | None) -> list[Any] | None:
    return None if position is None else [position[0].isoformat(), position[1]]
