"""Surveys: making them, finding them, saying where they may be embedded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from app.analysis.metrics import METRICS
from app.errors import Invalid, NotFound
from app.extensions import db
from app.i18n import LOCALES
from app.models import Survey, now
from app.models.surveys import KINDS, METRIC_KEYS
from app.models.transaction import writing
from app.services import origins

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
BY_KEY = sa.select(Survey).where(Survey.key == sa.bindparam("key"))
KEY = re.compile(r"[a-z0-9-]{1,64}")
REST = {  # days after another survey asked the same person: a survey about one moment gives way to the one about all
    "relationship": {"rest_after_relationship": 0, "rest_after_touchpoint": 0},
    "touchpoint": {"rest_after_relationship": 14, "rest_after_touchpoint": 30},
}


def create(
    key: str,
    name: str,
    *,
    kind: str = "relationship",
    metric: str = "nps",
    language: str = "en",
    timezone: str = "UTC",
    allowed_origins: Sequence[str] = (),
) -> Survey:
    """A new, open survey; Invalid names what is wrong with it. What it measures stays: scales do not mix."""
    sites = origins.each(allowed_origins)
    _check(key, name, kind, metric, language, (), timezone, sites)
    with writing() as session:
        if session.scalar(sa.select(Survey.id).where(Survey.key == key)):
            raise Invalid(
                f"There is already a survey with the key {key!r}.",
                {"key": ["Another survey has this key. Choose another."]},
            )
        survey = Survey(
            key=key,
            name=name.strip(),
            kind=kind,
            metric=metric,
            case_threshold=METRICS[metric].lowest_group,
            language=language,
            timezone=timezone,
            allowed_origins=sites,
            **REST[kind],
        )
        session.add(survey)
        session.flush()
    return survey


def key_for(name: str) -> str:
    """A key made from a name, empty when none of its letters can stand in an address."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:64].strip("-")


def _check(
    key: str,
    name: str,
    kind: str,
    metric: str,
    language: str,
    languages: Sequence[str],
    timezone: str,
    sites: Sequence[str],
) -> None:
    errors: dict[str, list[str]] = {}
    if not KEY.fullmatch(key):
        errors["key"] = ["Use 1 to 64 lower-case letters, digits and hyphens."]
    if not name.strip() or len(name) > 200 or CONTROLS.search(name):
        errors["name"] = ["Give a name of 1 to 200 characters."]
    if kind not in KINDS:
        errors["kind"] = [f"Choose one of {', '.join(KINDS)}."]
    if metric not in METRIC_KEYS:
        errors["metric"] = [f"Choose one of {', '.join(METRIC_KEYS)}."]
    errors |= _check_languages(language, languages)
    if not _is_timezone(timezone):
        errors["timezone"] = ["Use a name such as Europe/Berlin."]
    if problems := origins.problems(sites):
        errors["allowed_origins"] = problems
    if errors:
        raise Invalid(" ".join(text for texts in errors.values() for text in texts), errors)


def _check_languages(language: str, languages: Sequence[str]) -> dict[str, list[str]]:
    if language not in LOCALES:
        return {"language": [f"Choose one of {', '.join(LOCALES)}."]}
    if set(languages) - set(LOCALES):
        return {"languages": [f"Choose from {', '.join(LOCALES)}."]}
    if languages and language not in languages:
        return {"languages": ["Tick the survey’s own language, too: whoever wants none of the others is asked in it."]}
    return {}


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def get(key: str) -> Survey:
    """The survey with this key, or NotFound."""
    survey = db.session.scalar(BY_KEY, {"key": key})
    if survey is None:
        raise NotFound("There is no such survey.")
    return survey


def by_id(id_: int) -> Survey:
    """The survey with this id, which has to be there."""
    return db.session.get_one(Survey, id_)


def every() -> Sequence[Survey]:
    """All surveys, by key."""
    return db.session.scalars(sa.select(Survey).order_by(Survey.key)).all()


def change(key: str, *, name: str, language: str, languages: Sequence[str], timezone: str) -> Survey:
    """Change what a survey is called, which languages its widget speaks, and whose days its report counts."""
    with writing():
        survey = get(key)
        _check(key, name, survey.kind, survey.metric, language, languages, timezone, ())
        survey.name, survey.language, survey.timezone = name.strip(), language, timezone
        survey.languages = [] if set(languages) == set(LOCALES) else list(languages)
    return survey


def alter(key: str, columns: Mapping[str, Any], check: Callable[[Survey], None] = lambda _: None) -> Survey:
    """Set columns that were checked one by one, if any; `check` refuses what does not go together."""
    if not columns:
        return get(key)
    with writing():
        survey = get(key)
        for name, value in columns.items():
            setattr(survey, name, value)
        check(survey)
    return survey


def close(key: str) -> Survey:
    """Take no more answers; what was answered stays."""
    with writing():
        survey = get(key)
        survey.closed_at = survey.closed_at or now()
    return survey


def reopen(key: str) -> Survey:
    """Take answers again."""
    with writing():
        survey = get(key)
        survey.closed_at = None
    return survey


def accept_claims(key: str, accepts: bool) -> Survey:
    """Whether an id in the widget's address is kept without a signature, as a claim."""
    with writing():
        survey = get(key)
        survey.allows_claims = accepts
    return survey


def let_comments_out(key: str, allows: bool) -> Survey:
    """Whether mails about a survey may hold what people wrote."""
    with writing():
        survey = get(key)
        survey.comments_in_mail = allows
    return survey


def allow_origins(key: str, sites: Sequence[str]) -> Survey:
    """Replace the list of sites that may embed the widget."""
    exact = origins.each(sites)
    if problems := origins.problems(exact):
        raise Invalid(" ".join(problems), {"allowed_origins": problems})
    with writing():
        survey = get(key)
        survey.allowed_origins = exact
    return survey
