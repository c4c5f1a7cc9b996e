"""What a host page needs to embed a survey: the snippet that is shipped, filled in."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from markupsafe import escape

from app.models import Survey

SNIPPET = (Path(__file__).resolve().parents[2] / "widget" / "embed" / "iframe.html").read_text("utf-8").strip()
ADDRESS, NAME = "https://nps.example/w/KEY?lang=en", "Acme"


def iframe(survey: Survey) -> str:
    """The tag for this survey, as text to be copied."""
    address = f"{current_app.config['BASE_URL']}/w/{survey.key}?lang={survey.language}"
    return SNIPPET.replace(ADDRESS, str(escape(address))).replace(NAME, str(escape(survey.name)))
