"""Whether this visitor is asked now, and counting that they were."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app, request

from app.models import now
from app.pages.widget_forms import score_of
from app.pages.widget_visits import Place
from app.security.tokens import Form
from app.services import asking, loads, surveys
from app.services.asking import Verdict
from app.services.periods import day_in


def asked(place: Place, form: Form) -> Form | None:
    """The form to show, which knows whether its load was counted; None for somebody who is not asked now.

    Who chose a number in a mail was asked there: they are never turned away, and no load of this page.
    """
    if score_of(request.args.get("score"), place.metric) is not None:
        return form
    verdict = _judge(place, form)
    if not verdict.is_eligible:
        return None
    if not _is_seen():
        return form
    if not verdict.is_shown:
        loads.count(place.survey.id, day_in(now(), place.survey.timezone), form.touchpoint, form.subject)
    return replace(form, has_load=True)


def _judge(place: Place, form: Form) -> Verdict:
    """Nothing is asked of the database where nothing could come of it: the page then stands without it."""
    if form.subject is not None:
        return asking.judge(surveys.get(place.survey.key), form.subject, now())
    if place.survey.daily_cap or current_app.config["DAILY_CAP"]:
        return asking.judge_anyone(surveys.get(place.survey.key), now())
    return Verdict()


def _is_seen() -> bool:
    """Whether a person will see this page, and not a browser's guess or a program's question."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "GET" and not any("prefetch" in purpose or "prerender" in purpose for purpose in purposes)
