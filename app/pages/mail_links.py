"""The pages behind links in mails, without signing in: GET only shows, and one POST does what the button says."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import Conflict, Invalid
from app.models import now
from app.models.cases import BY_PEOPLE, STATES
from app.models.pain_points import STATUSES
from app.pages import cases
from app.pages.typed import Typed, sent
from app.reports.translating import gettext
from app.services import digests, effects, mail_links

blueprint = Blueprint("mail_links", __name__, url_prefix="/m")
FIELDS = ("status", "fixed_on", "note")


@blueprint.get("/act/<sealed:token>")
def pain_point(token: str) -> ResponseReturnValue:
    """The pain point and what is done about it."""
    return _page(token, Typed())


def _page(token: str, typed: Typed) -> str:
    shown, at = mail_links.pain_point(token, now()), now()
    survey = shown.opened.survey
    return render_template(
        "mail/act.html",
        shown=shown,
        survey=survey,
        point=shown.point,
        row=shown.row,
        report=shown.report,
        effect=effects.effect_of(survey, shown.point, at),
        with_comments=survey.comments_in_mail and not shown.report.is_withheld,
        choices=STATUSES,
        typed=typed,
        saved=gettext("Saved. Thank you.") if request.args.get("done") else "",
        token=token,
    )


@blueprint.post("/act/<sealed:token>")
def act(token: str) -> ResponseReturnValue:
    """Save what is done; the only thing behind this link that changes anything."""
    form = request.form
    changes: dict[str, Any] = {name: form[name] for name in FIELDS if name in form}
    try:
        mail_links.change(token, changes, _version(form.get("version", "")))
    except (Invalid, Conflict) as refused:
        return _page(token, sent("act", refused)), refused.status
    return redirect(url_for("mail_links.pain_point", token=token, done="1"), 303)


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("Open this page once more from the mail.", {"version": ["Open this page once more."]})
    return int(text)


@blueprint.get("/case/<sealed:case>")
def case(case: str) -> ResponseReturnValue:
    """A case and what is done in it."""
    return _case(case, Typed())


def _case(token: str, typed: Typed) -> str:
    shown = mail_links.case(token, now())
    return render_template(
        "mail/case.html",
        shown=shown,
        survey=shown.opened.survey,
        case=shown.case,
        given_states=STATES,
        given_reasons=BY_PEOPLE,
        typed=typed,
        saved=gettext("Saved. Thank you.") if request.args.get("done") else "",
        token=token,
        **cases.words(),
    )


@blueprint.post("/case/<sealed:case>")
def act_in_case(case: str) -> ResponseReturnValue:
    """Save what is done in a case."""
    form = request.form
    given: dict[str, Any] = {name: form[name] or None for name in ("state", "reason", "note") if name in form}
    given |= {"contact": True} if form.get("contact") else {}
    try:
        mail_links.change_case(case, given, _version(form.get("version", "")))
    except (Invalid, Conflict) as refused:
        typed = Typed("case", form, refused.message, refused.errors)
        return _case(case, typed), refused.status
    return redirect(url_for("mail_links.case", case=case, done="1"), 303)


@blueprint.get("/confirm/<sealed:question>")
def invitation(question: str) -> ResponseReturnValue:
    """A button: nothing is confirmed by opening the page."""
    return _asked(question, "confirm")


@blueprint.post("/confirm/<sealed:question>")
def confirm(question: str) -> ResponseReturnValue:
    """Somebody wants the digest."""
    found, digest = mail_links.digest(question, "confirm")
    digests.confirm(digest.id if digest else 0, found.channel.id)
    return _asked(question, "confirm", is_done=True)


@blueprint.get("/end/<sealed:ending>")
def leaving(ending: str) -> ResponseReturnValue:
    """A button: nothing ends by opening the page."""
    return _asked(ending, "end")


@blueprint.post("/end/<sealed:ending>")
def end(ending: str) -> ResponseReturnValue:
    """Nobody is asked again: the one click of a mail program is enough."""
    found, digest = mail_links.digest(ending, "end")
    if digest is not None:
        digests.end(digest.id, found.channel.id)
    return _asked(ending, "end", is_done=True)


def _asked(token: str, kind: Any, *, is_done: bool = False) -> str:
    found, digest = mail_links.digest(token, kind)
    given = {"survey": found.survey, "digest": digest, "address": found.who, "kind": kind}
    return render_template("mail/digest_link.html", is_done=is_done, action=request.path, **given)
