"""What the widget says when something cannot be done. Words that were read are always shown again."""

from __future__ import annotations

from flask import Response, g, request

from app.errors import Refusal
from app.i18n import N_
from app.pages import widget_steps as steps
from app.pages import widget_visits as visits
from app.pages.widget_forms import Draft
from app.pages.widget_visits import Place
from app.services.responses import COMMENT_LIMIT


class OutOfDate(Refusal):
    """The form token or the receipt does not verify."""

    status = 403
    name = "out_of_date"


class Expired(Refusal):
    """The form token is ours, but older than a day."""

    status = 422
    name = "expired"


OURS = N_("Something went wrong on our side. Please try again in a moment.")
CHOOSE_AGAIN = N_("This form has expired. Please choose your score again.")
BY_NAME = {
    "out_of_date": N_("This form is out of date. Please send your answer again."),
    "expired": N_("This form has expired. Please send your answer again."),
    "survey_closed": N_("This survey is closed."),
    "too_late_to_change": N_("This answer can no longer be changed."),
    "locked": N_("This page was open for too long. Please open your answer with its code again."),
    "not_saved": N_("Your answer is not saved yet. Please send it again in a moment."),
}
BY_STATUS = {
    400: N_("This form could not be read. Please check your answer and send it again."),
    403: N_("This survey is open to invited people only. Please use the link you were sent."),
    404: N_("There is nothing at this address."),
    405: N_("This address only takes a form. Please go back to the form."),
    413: N_("Your answer is too long to be read. Please go back and shorten it."),
    415: N_("This form could not be read. Please go back and send it again."),
    429: N_("Many answers came from here in a short time. Please wait a moment, then send yours again."),
}
BY_FIELD = {
    "comment": N_("Shorten your comment to {limit} characters."),
}
FINAL = {"not_allowed", "not_found", "survey_closed", "too_late_to_change", "locked"}  # sending again would not help


def refuse(refusal: Refusal) -> Response:
    """The answer to every refusal under /w/."""
    place, draft = g.place or _place_of_the_path(), g.draft
    sentence = _sentence(refusal, draft)
    if place is None or draft is None or not draft.fields or refusal.name in FINAL:
        status = 200 if refusal.name == "survey_closed" else refusal.status
        onward = visits.address(place, "receipts.ask") if place and refusal.name == "locked" else None
        return steps.page("error", place, status, sentence=steps.say(sentence), draft=draft, onward=onward)
    return _ask_again(place, draft, refusal, sentence)


def _sentence(refusal: Refusal, draft: Draft | None) -> str:
    if refusal.status == 503 and draft is None:
        return OURS
    return BY_NAME.get(refusal.name) or BY_STATUS.get(refusal.status, OURS)


def _ask_again(place: Place, draft: Draft, refusal: Refusal, sentence: str) -> Response:
    has_answer = draft.score is not None or draft.has_words_field
    if refusal.name == "expired" and not has_answer:
        sentence = CHOOSE_AGAIN
    sentences = {**BY_FIELD, "score": place.scale.choose}
    wrong = {name: text for name, text in sentences.items() if name in refusal.errors} or {"form": sentence}
    problems = {name: steps.say(text, limit=COMMENT_LIMIT) for name, text in wrong.items()}
    return steps.form("answer" if has_answer else "score", place, draft, problems=problems, status=refusal.status)


def _place_of_the_path() -> Place | None:
    """The survey of an address that no route took, so that its sites see the refusal too."""
    try:
        return visits.enter(request.path.removeprefix("/w/").split("/")[0])
    except Refusal:
        visits.speak("en")
        return None
