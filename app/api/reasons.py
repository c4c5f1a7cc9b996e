"""Why a comment is listed where it is, for programs."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from app.api import openapi
from app.api.auth import needs
from app.models import Survey
from app.reports.reasons import Why
from app.schemas.reasons import ResponseReasons
from app.services import reasons

blueprint = openapi.Blueprint("why", __name__, description="Why comments are listed where they are.")


@blueprint.route("/surveys/<key:key>/responses/<number:response_id>/why", methods=["GET"], parameters=[
    openapi.KEY, openapi.RESPONSE,
])  # fmt: skip
@needs("read")
@blueprint.response(200, ResponseReasons)
def explain_response(survey: Survey, response_id: int) -> Why:
    """Say why each mention of a comment is listed where it is."""
    return reasons.why(survey, response_id)
