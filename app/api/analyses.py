"""Analysis runs for programs: when comments were read, and what that changed."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from typing import Any

from app.api import openapi, paging
from app.api.auth import needs
from app.models import Survey
from app.schemas.analyses import AnalysisRunPage
from app.services import runs

blueprint = openapi.Blueprint("analyses", __name__, description="When comments were read, and what that changed.")


@blueprint.route("/surveys/<key:key>/analyses", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=openapi.PAGING)
@blueprint.response(200, AnalysisRunPage)
def list_analyses(survey: Survey) -> dict[str, Any]:
    """List analysis runs, the newest first."""
    asked = paging.asked("analyses", survey)
    found = runs.newest(survey, asked.limit + 1, asked.after)
    shown = found[: asked.limit]
    return {"analyses": shown, "next": asked.cursor(shown[-1].id if len(found) > asked.limit else None)}
