"""A visit to the widget: which survey, which language, and who is answering."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from app import i18n
from app.analysis.metrics import METRICS, Metric
from app.errors import NotAllowed, NotFound, Unavailable
from app.pages.widget_forms import Draft
from app.security import headers, respondents, tokens
from app.services import origins, surveys, themes, visited
from app.services.scales import SCALES, Scale
from app.services.visited import Visited


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit happens: which survey, and what every address of the visit repeats."""

    survey: Visited
    locale: str
    display: Mapping[str, str] = field(default_factory=dict)

    @property
    def metric(self) -> Metric:
        """What the survey measures."""
        return METRICS[self.survey.metric]

    @property
    def scale(self) -> Scale:
        """How it is asked."""
        return SCALES[self.survey.metric]

    @property
    def look(self) -> str:
        """Light, dark or as the system is: what the address asks for, else what the survey says."""
        return self.display.get("theme") or self.survey.theme.get("scheme", themes.SCHEMES[0])


def enter(key: str) -> Place:
    """Speak the visitor's language, and let the survey's sites frame whatever comes of this request."""
    survey = _asked(key)
    locale = speak(survey.language, survey.languages)
    g.wording = survey.wording.get(locale, {})
    headers.allow_frames(survey.allowed_origins)
    display = {"lang": locale} if "lang" in request.args else {}
    if (theme := request.args.get("theme")) in themes.SCHEMES:
        display["theme"] = theme
    if request.args.get("kiosk") == "1":
        display |= {"kiosk": "1", **({"touchpoint": at} if (at := _touchpoint()) else {})}  # for the next person, too
    return Place(survey, locale, display)


def speak(fallback: str, offered: Sequence[str] = ()) -> str:
    """Choose the language of this request, of those that are offered, and return it."""
    locale = i18n.choose(request.args.get("lang"), i18n.accepted_languages(), fallback, offered)
    i18n.speak(locale)
    return locale


def address(place: Place, endpoint: str, **parts: str) -> str:
    """An address of this survey that keeps language and theme."""
    values: dict[str, Any] = {"key": place.survey.key, **parts, **place.display}
    return url_for(endpoint if "." in endpoint else f"widget.{endpoint}", **values)


def new_form(place: Place) -> tokens.Form:
    """A form for whoever is visiting; NotAllowed when the survey wants a proof that is not there."""
    identity, mark = _identity(place.survey.key)
    if identity is None and place.survey.requires_signed:
        raise NotAllowed("This survey is for invited people.")
    return tokens.Form(
        place.survey.id,
        subject=identity.subject if identity else None,
        claimed=_claim(place.survey) if identity is None and mark is None else None,
        attributes=identity.attributes if identity else {},
        touchpoint=(identity.touchpoint if identity else None) or _touchpoint(),
        host=_host(),
        mark=mark,
    )


def draft_of(place: Place, form: tokens.Form) -> Draft:
    """An empty answer on this form. Its own path holds the nonce, so that Back shows it with what was in it."""
    return Draft(address(place, "send", nonce=form.nonce), token=tokens.seal_form(form), metric=place.metric)


def knows_respondents(survey: Visited) -> bool:
    """Whether a host can tell this survey who is answering."""
    return survey.allows_claims or bool(_live_keys(survey.key))


def _claim(survey: Visited) -> str | None:
    return respondents.claim(request.args.getlist("respondent")) if survey.allows_claims else None


def _asked(key: str) -> Visited:
    """The survey; what was last known of it when the database cannot be read."""
    known: dict[str, Visited] = current_app.extensions.setdefault("surveys_last_seen", {})
    try:
        known[key] = visited.get(key)
    except NotFound:
        known.pop(key, None)
        raise
    except SQLAlchemyError as error:
        if key not in known:
            raise Unavailable("The survey cannot be shown just now.") from error
    return known[key]


def _identity(key: str) -> tuple[respondents.Identity | None, str | None]:
    """Who is answering, and the mark of an answer whose proof was refused."""
    proofs = request.args.getlist("r")
    if not proofs:
        return None, None
    try:
        return respondents.verify(proofs, _live_keys(key), current_app.config["BASE_URL"], key, time.time()), None
    except respondents.RefusedError as refused:
        current_app.logger.warning("survey %s: respondent token refused: %s", key, refused.reason)
        return None, "token refused"


def _live_keys(key: str) -> dict[str, respondents.Key]:
    live = [signing for signing in surveys.get(key).signing_keys if signing.revoked_at is None]
    return {signing.kid: respondents.Key(signing.secret, signing.kind) for signing in live}


def _touchpoint() -> str | None:
    """The moment in the journey that the address names, if it is a name."""
    given = request.args.get("touchpoint", "")
    return given if respondents.TOUCHPOINT.fullmatch(given) else None


def _host() -> str | None:
    """The site that shows the frame, when its browser says so: scheme, host and port, never a path."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    is_elsewhere = origin not in {current_app.config["BASE_URL"], request.host_url.rstrip("/")}
    return origin if is_elsewhere and origins.ORIGIN.fullmatch(origin) else None
