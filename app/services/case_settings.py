"""When a survey opens cases by itself, and how soon somebody is to be in touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.models import Survey
from app.schemas import case_settings as schema
from app.services import surveys


def configure(key: str, values: Mapping[str, Any]) -> Survey:
    """Change the settings that are given, for answers from now on; Invalid says by name what is wrong."""
    loaded = schema.load(values)
    return surveys.alter(key, loaded, lambda survey: _check(survey, loaded))


def _check(survey: Survey, loaded: Mapping[str, Any]) -> None:
    """A threshold above the scale would open a case for everybody."""
    scale = survey.measures.scores
    if loaded.get("case_threshold", scale[0]) not in scale:
        text = f"Give a whole number from {scale[0]} to {scale[-1]}."
        raise Invalid(text, {"case_threshold": [text]})
