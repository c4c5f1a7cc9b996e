"""The audit log of a survey, for those who administer it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.pages import access
from app.pages.catalogues import before
from app.services import audit_log

blueprint = Blueprint("audits", __name__, url_prefix="/surveys/<key:key>")
ON_A_PAGE = 100


@blueprint.get("/audit")
def show(key: str) -> ResponseReturnValue:
    """Who looked and who changed something, the newest first."""
    survey = access.survey(key, "admin")
    found = audit_log.listed(ON_A_PAGE + 1, before(), survey)
    return render_template(
        "audit.html",
        survey=survey,
        entries=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
    )
