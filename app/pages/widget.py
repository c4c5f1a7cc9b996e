"""The widget: three small pages without script and without cookie."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.errors import Refusal

blueprint = Blueprint("widget", __name__, url_prefix="/w")


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """A refusal inside the frame."""
    return refusal.message, refusal.status
