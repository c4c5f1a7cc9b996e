"""The widget: three small pages without script and without cookie. A GET never stores; one press does."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from app.errors import NotFound, SurveyClosed, TooLateToChange
from app.models import Response as Answered
from app.models import now
from app.pages import widget_answers as answers
from app.pages import widget_asking as asking
from app.pages import widget_forms as forms
from app.pages import widget_steps as steps
from app.pages import widget_styles as styles
from app.pages import widget_visits as visits
from app.pages.widget_forms import Draft
from app.pages.widget_refusals import refuse
from app.pages.widget_visits import Place
from app.security import rate_limits, receipt_codes, tokens
from app.services import channels, keys, responses, surveys
from app.services.responses import CHANGEABLE

__all__ = ["blueprint", "refuse"]

blueprint = Blueprint("widget", __name__, url_prefix="/w", template_folder=str(styles.WIDGET / "templates"))


@blueprint.before_app_request
def forget() -> None:
    """Nothing of an earlier request is shown to this one."""
    g.place = g.draft = None
    g.wording = {}


@blueprint.get(styles.address({}).removeprefix("/w"))
def stylesheet() -> Response:
    """The style of all steps, at an address that changes when it does."""
    return Response(styles.SHIPPED, mimetype="text/css")


@blueprint.get("/widget.<sealed:theme>.css")
def themed_stylesheet(theme: str) -> Response:
    """The same in the colours that the address names."""
    sheet = styles.from_code(theme)
    if sheet is None:
        raise NotFound("There is no such stylesheet.")
    return Response(sheet, mimetype="text/css")


@blueprint.get("/<key:key>")
def ask(key: str) -> ResponseReturnValue:
    """Step 1: the question. With `score=`, as in mail links, the number is chosen but not sent."""
    place = _enter(key)
    _refuse_when_closed(place)
    form = visits.new_form(place)
    answered = responses.latest_of(surveys.get(key), form.subject) if form.subject else None
    if answered is not None:
        return _thanks(place, answered, is_proved=True)
    if (form_asked := asking.asked(place, form)) is None:
        return steps.page("not_asked", place)
    draft = visits.draft_of(place, form_asked)
    draft.fields["score"] = request.args.get("score", "")
    return steps.form("score" if draft.score is None else "answer", place, draft)


@blueprint.get("/<key:key>/privacy")
def privacy(key: str) -> ResponseReturnValue:
    """What is stored, from the settings in force."""
    place, survey, contact = _enter(key), surveys.get(key), current_app.config["PRIVACY_CONTACT"]
    return steps.page(
        "privacy",
        place,
        is_signed=visits.knows_respondents(place.survey),
        is_limited=current_app.config["RATE_LIMITS"],
        is_fetched=keys.can_read(survey) or channels.tell_answers(survey),
        days=survey.window_days,
        redacts=survey.redacts,
        comments_months=survey.comments_months,
        answers_months=survey.answers_months,
        contact=contact,
        contact_address=contact if contact.startswith("https://") else f"mailto:{contact}",
        hours=int(CHANGEABLE.total_seconds() // 3600),
        plain_address=f"{current_app.config['BASE_URL']}/w/{key}",
    )


@blueprint.post("/<key:key>/send/<key:nonce>")
def send(key: str, nonce: str) -> ResponseReturnValue:
    """Store the score, or score and comment at once; the same form again is the same response."""
    place = _enter(key)
    draft = _read(Draft(visits.address(place, "send", nonce=nonce), metric=place.metric))
    rate_limits.spend(rate_limits.WIDGET, rate_limits.address_bucket(), key)
    rate_limits.spend(rate_limits.ONE_FORM, nonce)
    form = answers.open_form(place, draft, nonce)
    forms.check(draft, needs_score=True)
    stored = answers.store(place, form, draft)
    receipt = tokens.seal_receipt(tokens.Receipt(place.survey.id, stored.response_id))
    is_done = draft.has_words_field and not draft.asks_the_wrong_question
    return answers.go_on(place, receipt, to="done" if is_done else "comment")


@blueprint.get("/<key:key>/r/<sealed:receipt>")
def comment(key: str, receipt: str) -> ResponseReturnValue:
    """Step 2: the reason, and the score once more in case it was a slip."""
    place = _enter(key)
    answered = _answered(place, receipt)
    if not _is_changeable(answered):
        raise TooLateToChange("This answer can no longer be changed.")
    draft = Draft(visits.address(place, "send_comment", receipt=receipt), metric=place.metric)
    draft.fields |= {"score": str(answered.score), "comment": answered.comment or ""}
    return steps.form("comment", place, draft)


@blueprint.post("/<key:key>/r/<sealed:receipt>/send")
def send_comment(key: str, receipt: str) -> ResponseReturnValue:
    """Store the comment and a corrected score."""
    place = _enter(key)
    draft = _read(Draft(visits.address(place, "send_comment", receipt=receipt), metric=place.metric))
    rate_limits.spend(rate_limits.COMMENTS, rate_limits.address_bucket(), key)
    rate_limits.spend(rate_limits.ONE_FORM, receipt)
    opened, has_expired = answers.open_receipt(place, draft, receipt)
    forms.check(draft, needs_score=False)
    _refuse_when_closed(place)
    answers.change(place, opened, draft, has_expired=has_expired)
    return answers.go_on(place, receipt, to="comment" if draft.asks_the_wrong_question else "done")


@blueprint.get("/<key:key>/r/<sealed:receipt>/done")
def done(key: str, receipt: str) -> ResponseReturnValue:
    """Step 3: thanks, the same for everybody."""
    place = _enter(key)
    return _thanks(place, _answered(place, receipt))


def _enter(key: str) -> Place:
    """The place of this request, known to every refusal that follows."""
    place: Place = visits.enter(key)
    g.place = place
    return place


def _read(draft: Draft) -> Draft:
    """The draft of this request, shown again by every refusal that follows."""
    g.draft = draft
    forms.read(draft)
    return draft


def _refuse_when_closed(place: Place) -> None:
    if not place.survey.is_open:
        raise SurveyClosed("This survey is closed.")


def _answered(place: Place, receipt: str) -> Answered:
    """The response that a receipt in an address stands for; NotFound for any other text."""
    try:
        opened, _ = tokens.open_receipt(receipt, place.survey.id)
    except tokens.BadTokenError as error:
        raise NotFound("There is no such answer.") from error
    return responses.get(place.survey.id, opened.response_id)


def _is_changeable(answered: Answered) -> bool:
    return now() - answered.created_at < CHANGEABLE


def _thanks(place: Place, answered: Answered, *, is_proved: bool = False) -> Response:
    """Thanks with what the visitor may still do: for a day after the answer, and always if a host vouches for them."""
    receipt, is_fresh = tokens.Receipt(place.survey.id, answered.id), _is_changeable(answered)
    may_open = is_fresh or is_proved
    return steps.page(
        "thanks",
        place,
        receipt=tokens.seal_receipt(receipt) if is_fresh else None,
        code=receipt_codes.of(place.survey.id, answered.nonce, answered.code_hash) if may_open else None,
        opened=tokens.seal_opened(receipt) if may_open else None,
    )
