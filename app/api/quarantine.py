"""The quarantine for programs: what waits, and counting it after all."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api import openapi, paging
from app.api.auth import caller, needs
from app.models import Survey
from app.schemas import quarantine as shapes
from app.services import quarantine

blueprint = openapi.Blueprint("api_quarantine", __name__, description="Suspicious answers, which wait uncounted.")


@blueprint.route("/surveys/<key:key>/quarantine", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=openapi.PAGING)
@blueprint.response(200, shapes.QuarantinePage)
def list_quarantine(survey: Survey) -> dict[str, Any]:
    """List suspicious answers, the newest first."""
    asked = paging.asked("quarantine", survey)
    found = quarantine.listed(survey, asked.limit + 1, asked.after)
    shown = found[: asked.limit]
    onward = asked.cursor(shown[-1].id if len(found) > asked.limit else None)
    return {"waiting": quarantine.waiting(survey.id), "responses": shown, "next": onward}


@blueprint.route("/surveys/<key:key>/quarantine", methods=["POST"], parameters=[openapi.KEY])
@needs("responses:write")
@blueprint.arguments(shapes.QuarantineDecision)
@blueprint.response(200, shapes.DecisionMade)
def decide_on_quarantine(survey: Survey, values: Mapping[str, Any]) -> dict[str, int]:
    """Include suspicious answers in all numbers, or exclude them again."""
    ids, reason = values.get("ids", ()), values.get("reason")
    return {"changed": quarantine.decide(survey, caller(), values["decision"], ids=ids, reason=reason)}
