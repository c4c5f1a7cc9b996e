"""With the code on the page that thanks, people see, change or erase their answer: no account, no cookie, any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue

from app.errors import NotFound, Refusal, TooMany
from app.i18n import N_
from app.pages import widget_forms as forms
from app.pages import widget_steps as steps
from app.pages import widget_visits as visits
from app.pages.widget_forms import Draft
from app.pages.widget_styles import WIDGET
from app.pages.widget_visits import Place
from app.security import headers, rate_limits, suspicion, tokens
from app.services import erasure, own_answers, responses, surveys

blueprint = Blueprint("receipts", __name__, url_prefix="/w", template_folder=str(WIDGET / "templates"))

LONGEST = 100  # characters of a code that are shown again
UNKNOWN = N_("There is no answer with this code.")
TOO_OFTEN = N_("Too many codes were tried. Please wait a moment, then try again.")


class Locked(Refusal):
    """The address of an opened answer has expired, or is none of ours."""

    status = 403
    name = "locked"


@blueprint.get("/<key:key>/receipt")
def ask(key: str) -> ResponseReturnValue:
    """The form that takes the code."""
    return _ask(_enter(key))


@blueprint.post("/<key:key>/receipt/open")
def unlock(key: str) -> ResponseReturnValue:
    """From the code to the answer, by an address that holds for an hour."""
    place, draft = _enter(key), Draft(action="")
    forms.read(draft)
    typed = draft.fields.get("code", "")
    try:
        found = _find(place, typed)
    except TooMany as refusal:
        return _ask(place, typed, TOO_OFTEN, 429, {"Retry-After": str(refusal.retry_after)})
    if found is None:
        return _ask(place, typed, UNKNOWN, 422)
    opened = tokens.seal_opened(tokens.Receipt(place.survey.id, found))
    return _go_on(place, "show", opened=opened)


@blueprint.get("/<key:key>/answer/<sealed:opened>")
def show(key: str, opened: str) -> ResponseReturnValue:
    """Everything that is kept of the answer, with the form that changes it."""
    return _show(_enter(key), opened)


@blueprint.get("/<key:key>/answer/<sealed:opened>/changed")
def changed(key: str, opened: str) -> ResponseReturnValue:
    """The same, after a change."""
    return _show(_enter(key), opened, is_saved=True)


@blueprint.post("/<key:key>/answer/<sealed:opened>/change")
def change(key: str, opened: str) -> ResponseReturnValue:
    """Score and comment as they are wanted now; what they were is kept until the answer is erased."""
    place = _enter(key)
    g.draft = draft = Draft(visits.address(place, "receipts.change", opened=opened), metric=place.metric)
    forms.read(draft)
    rate_limits.spend(rate_limits.COMMENTS, rate_limits.address_bucket(), key)
    receipt = _open(place, opened)
    forms.check(draft, needs_score=True)
    responses.correct(
        place.survey.id,
        receipt.response_id,
        score=int(draft.fields["score"]),
        comment=draft.words,
        suspicion=suspicion.of_request(place.survey.allowed_origins),
    )
    return _go_on(place, "changed", opened=opened)


@blueprint.get("/<key:key>/answer/<sealed:opened>/erase")
def confirm(key: str, opened: str) -> ResponseReturnValue:
    """What erasing does, and the button that does it."""
    place = _enter(key)
    responses.get(place.survey.id, _open(place, opened).response_id)
    return headers.keep_for_back(steps.page("erase", place, opened=opened))


@blueprint.post("/<key:key>/answer/<sealed:opened>/erase/confirm")
def erase(key: str, opened: str) -> ResponseReturnValue:
    """Erase the answer for good. Pressed twice, it is as gone as pressed once."""
    place = _enter(key)
    forms.read(Draft(action=""))
    rate_limits.spend(rate_limits.COMMENTS, rate_limits.address_bucket(), key)
    try:
        erasure.erase(place.survey.id, _open(place, opened).response_id)
    except NotFound:
        return _go_on(place, "erased")
    return _go_on(place, "erased")


@blueprint.get("/<key:key>/erased")
def erased(key: str) -> ResponseReturnValue:
    """That it is gone, and where it may still lie."""
    return steps.page("erased", _enter(key))


def _enter(key: str) -> Place:
    """The place of this request, known to every refusal that follows."""
    place: Place = visits.enter(key)
    g.place = place
    return place


def _ask(
    place: Place, typed: str = "", problem: str = "", status: int = 200, more: dict[str, str] | None = None
) -> Response:
    problems = {"code": steps.say(problem)} if problem else {}
    page = headers.keep_for_back(steps.page("receipt", place, status, problems=problems, typed=typed[:LONGEST]))
    page.headers.update(more or {})
    return page


def _find(place: Place, typed: str) -> int | None:
    """The answer with this code. Guesses are counted for each address, wrong ones for the whole survey too."""
    rate_limits.spend(rate_limits.CODES, rate_limits.address_bucket(), place.survey.key)
    rate_limits.refuse_when_spent(rate_limits.WRONG_CODES, place.survey.key)
    found = responses.find(place.survey.id, typed)
    if found is None:
        rate_limits.spend((rate_limits.WRONG_CODES,), place.survey.key)
    return found.id if found else None


def _open(place: Place, opened: str) -> tokens.Receipt:
    try:
        return tokens.open_opened(opened, place.survey.id)
    except tokens.BadTokenError as error:
        raise Locked("The address of this answer has expired.") from error


def _show(place: Place, opened: str, *, is_saved: bool = False) -> Response:
    receipt = _open(place, opened)
    own = own_answers.of(surveys.get(place.survey.key), receipt.response_id, place.locale)
    draft = Draft(visits.address(place, "receipts.change", opened=opened), metric=place.metric)
    draft.fields |= {"score": str(own.score), "comment": own.comment or ""}
    more: dict[str, Any] = {"own": own, "opened": opened, "is_saved": is_saved, "moment": _moment}
    return steps.form("own_answer", place, draft, **more)


def _moment(at: datetime) -> str:
    """A time as people of this language write it."""
    return format_datetime(at, "medium", locale=steps.locale())


def _go_on(place: Place, to: str, **parts: str) -> Response:
    """303: a reload there asks for the page and never sends again."""
    return Response(status=303, headers={"Location": visits.address(place, f"receipts.{to}", **parts)})
