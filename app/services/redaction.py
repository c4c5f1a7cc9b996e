"""What a survey takes out of comments before they are stored."""

from __future__ import annotations

from collections.abc import Sequence

from babel.core import get_global

from app.analysis.text.languages import code_of
from app.analysis.text.recognisers.phones import SPOKEN
from app.analysis.text.redact import KINDS, redact
from app.errors import Invalid
from app.models import Survey
from app.models.transaction import writing
from app.services import surveys


def configure(key: str, kinds: Sequence[str]) -> Survey:
    """Take these kinds out of every comment from now on, none if there are none; Invalid for an unknown one."""
    if set(kinds) - set(KINDS):
        text = f"Choose from {', '.join(KINDS)}."
        raise Invalid(text, {"redacts": [text]})
    with writing():
        survey = surveys.get(key)
        survey.redacts = [kind for kind in KINDS if kind in kinds]
    return survey


def redacted(survey: Survey, comment: str | None, language: str | None) -> str | None:
    """The comment as this survey keeps it."""
    if not comment or not survey.redacts:
        return comment
    return redact(comment, survey.redacts, regions(survey, language))


def regions(survey: Survey, language: str | None) -> tuple[str, ...]:
    """Whose telephone numbers need no country's code: of the time zone, the survey's language, the answer's."""
    home = get_global("zone_territories").get(survey.timezone, "")
    spoken = (*SPOKEN.get(code_of(survey.language), ()), *SPOKEN.get(code_of(language), ()))
    return tuple(dict.fromkeys(region for region in (home, *spoken) if region.isalpha()))
