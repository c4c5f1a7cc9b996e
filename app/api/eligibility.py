"""Whose turn it is: asked by a host's server before it renders the tag."""

# mypy: disable-error-code=untyped-decorator
# flask-smorest has no annotations

from __future__ import annotations

from flask import request
from marshmallow import ValidationError

from app.api import openapi
from app.api.auth import needs
from app.errors import Invalid
from app.models import Survey, now
from app.schemas.asking import AskedRespondent, Eligibility
from app.services import asking
from app.services.asking import Verdict

blueprint = openapi.Blueprint("eligibility", __name__, description="Whether to ask somebody now.")


@blueprint.route("/surveys/<key:key>/eligibility", methods=["GET"], parameters=[openapi.KEY])
@needs("read")
@blueprint.doc(parameters=[{"in": "query", "schema": AskedRespondent}])
@blueprint.response(200, Eligibility)
def show_eligibility(survey: Survey) -> Verdict:
    """Ask whether to put the question before a respondent now. Nothing is stored, and nobody counts as asked by it."""
    return asking.judge(survey, _respondent(), now())


def _respondent() -> str:
    given = request.args.to_dict(flat=False)
    if repeated := [name for name, values in given.items() if len(values) > 1]:
        raise Invalid(f"{repeated[0]}: Give it once.", {name: ["Give it once."] for name in repeated})
    try:
        asked: dict[str, str] = AskedRespondent().load(request.args.to_dict())
    except ValidationError as error:
        errors = error.messages_dict
        raise Invalid(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors) from error
    return asked["respondent"]
