"""The style of all pages for people, at an address that changes when it does."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Response

STYLE = (Path(__file__).resolve().parents[1] / "static" / "pages.css").read_bytes()
STYLE_HASH = hashlib.sha256(STYLE).hexdigest()[:12]

blueprint = Blueprint("stylesheet", __name__)


@blueprint.get(f"/static/pages.{STYLE_HASH}.css")
def pages() -> Response:
    """The one stylesheet; the headers let browsers keep it for ever."""
    return Response(STYLE, mimetype="text/css")
