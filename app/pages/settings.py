"""The settings of a survey: name, languages, sites, whom it asks when, whether it is open, and programs' keys."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Invalid
from app.i18n import LOCALES
from app.models import Survey
from app.pages import access
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.schemas.asking import COLUMNS, AskingSettings
from app.services import asking, case_settings, keys, origins, redaction, retention, surveys

ASKING = tuple(AskingSettings().fields)
blueprint = Blueprint("settings", __name__, url_prefix="/surveys/<key:key>")


def done() -> str:
    """What a page says after a change; empty when there was none."""
    words = {
        "made": gettext("Made. Here is what else can be set; “Embed” has the tag to copy."),
        "general": gettext("Saved."),
        "sites": gettext("Saved. The sites may show the widget from its next page on."),
        "asking": gettext("Saved. It holds from the next person on."),
        "cases": gettext("Saved. It holds from the next answer on."),
        "redaction": gettext("Saved. It holds from the next comment on; what is stored already stays as it is."),
        "keeping": gettext("Saved. What is over its time goes within a day."),
        "close": gettext("Closed. No more answers are taken."),
        "reopen": gettext("Open again."),
        "revoke": gettext("Revoked. Programs with this key are refused from now on."),
        "wording": gettext("Saved. The widget says so from its next page on."),
        "theme": gettext("Saved. The widget looks so from its next page on."),
    }
    return words.get(request.args.get("done", ""), "")


@blueprint.get("/settings")
def show(key: str) -> ResponseReturnValue:
    """All settings but wording and theme, which have pages of their own."""
    return _page(access.survey(key, "admin"), Typed())


def _page(survey: Survey, typed: Typed, made: str = "") -> str:
    return render_template(
        "settings.html",
        survey=survey,
        typed=typed,
        languages=LOCALES,
        keys=keys.of(survey),
        scopes=scopes(),
        redactable=redactable(),
        asked={name: getattr(survey, COLUMNS.get(name, name)) for name in ASKING},
        made=made,
        done=done(),
    )


def scopes() -> dict[str, str]:
    """What a key may be for, in words."""
    return {
        "read": gettext("Read responses and the report"),
        "responses:write": gettext("Add responses"),
        "catalogue:write": gettext("Change the catalogue"),
    }


def redactable() -> dict[str, str]:
    """What can be taken out of comments, in words, in the order in which people think of it."""
    return {
        "email": gettext("E-mail addresses"),
        "phone": gettext("Telephone numbers"),
        "card": gettext("Card numbers"),
        "iban": gettext("Bank account numbers (IBAN)"),
        "ip": gettext("Network addresses (IP)"),
        "number": gettext("Numbers of 9 digits and more"),
    }


def _change(key: str, form: str, change: Callable[[], object]) -> ResponseReturnValue:
    """Make one change and come back, or give the form back with what is wrong."""
    survey = access.survey(key, "admin")
    try:
        change()
    except Invalid as refused:
        return _page(survey, sent(form, refused)), refused.status
    return redirect(url_for("settings.show", key=key, done=form), 303)


@blueprint.post("/settings/general")
def general(key: str) -> ResponseReturnValue:
    """Name, languages and time zone."""
    form = request.form
    texts = {name: form.get(name, "") for name in ("name", "language", "timezone")}
    return _change(key, "general", lambda: surveys.change(key, languages=form.getlist("languages"), **texts))


@blueprint.post("/settings/sites")
def sites(key: str) -> ResponseReturnValue:
    """Where the widget may be embedded."""
    text = request.form.get("allowed_origins", "")
    return _change(key, "sites", lambda: surveys.allow_origins(key, origins.read(text)))


@blueprint.post("/settings/asking")
def asks(key: str) -> ResponseReturnValue:
    """Whom it asks and when; a cap that is left empty is none."""
    given: dict[str, str | None] = {name: request.form.get(name, "").strip() for name in ASKING}
    given["daily_cap"] = given["daily_cap"] or None
    return _change(key, "asking", lambda: asking.configure(key, given))


@blueprint.post("/settings/cases")
def cases(key: str) -> ResponseReturnValue:
    """When cases are opened; no day until the first contact is none."""
    form = request.form
    given: dict[str, str | bool | None] = {"opens_cases": bool(form.get("opens_cases"))}
    given |= {name: form.get(name, "").strip() or None for name in ("case_threshold", "contact_days")}
    return _change(key, "cases", lambda: case_settings.configure(key, given))


@blueprint.post("/settings/redaction")
def redacts(key: str) -> ResponseReturnValue:
    """What is taken out of comments; no box ticked is nothing."""
    kinds = request.form.getlist("redacts")
    return _change(key, "redaction", lambda: redaction.configure(key, kinds))


@blueprint.post("/settings/keeping")
def keeping(key: str) -> ResponseReturnValue:
    """How long comments and answers are kept; nothing is for good."""
    given = {name: request.form.get(name, "").strip() or None for name in ("comments_months", "answers_months")}
    return _change(key, "keeping", lambda: retention.configure(key, given))


@blueprint.post("/settings/close")
def close(key: str) -> ResponseReturnValue:
    """Take no more answers."""
    return _change(key, "close", lambda: surveys.close(key))


@blueprint.post("/settings/reopen")
def reopen(key: str) -> ResponseReturnValue:
    """Take answers again."""
    return _change(key, "reopen", lambda: surveys.reopen(key))


@blueprint.post("/keys")
def make_key(key: str) -> ResponseReturnValue:
    """Make a key and show it, this once: it is in no address and kept nowhere."""
    survey, form = access.survey(key, "admin"), request.form
    try:
        made = keys.create(survey, form.get("name", ""), form.getlist("scopes"))
    except Invalid as refused:
        return _page(survey, sent("key", refused)), refused.status
    return _page(survey, Typed(), made), 201


@blueprint.post("/keys/<sealed:prefix>/revoke")
def revoke(key: str, prefix: str) -> ResponseReturnValue:
    """End a key at once."""
    return _change(key, "revoke", lambda: keys.revoke(surveys.get(key), prefix))
