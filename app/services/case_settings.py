"""When a survey opens cases by itself, and how soon somebody is to be in touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.models import Survey
from app.schemas import case_settings as schema
from app.services import surveys


def configure(key: str, values: Mapping[str, Any]) -> Survey:
    """Change the settings that are given, for answers from now on; Invalid says by name what is wrong."""
    return surveys.alter(key, schema.load(values))
