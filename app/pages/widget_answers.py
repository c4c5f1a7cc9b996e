"""From what was sent to what is stored: who may send it, what it says, and which page comes next."""

from __future__ import annotations

from flask import Response

from app.errors import NotAllowed
from app.pages import widget_steps as steps
from app.pages import widget_visits as visits
from app.pages.widget_forms import Draft
from app.pages.widget_refusals import Expired, OutOfDate
from app.pages.widget_visits import Place
from app.security import suspicion, tokens
from app.services import responses
from app.services.responses import Answer, Stored


def open_form(place: Place, draft: Draft, nonce: str) -> tokens.Form:
    """The form that was sent. On a refusal the draft gets the token with which one more press sends it."""
    try:
        form, has_expired = tokens.open_form(draft.token or "", place.survey.id, nonce)
    except tokens.BadTokenError as error:
        raise _out_of_date(place, draft) from error
    if place.survey.requires_signed and form.subject is None:
        raise NotAllowed("This survey is for invited people.")
    if has_expired:
        draft.token = tokens.seal_form(form)
        raise Expired("The form is older than a day.")
    return form


def open_receipt(place: Place, draft: Draft, receipt: str) -> tuple[tokens.Receipt, bool]:
    """The receipt in the path of step 2 and whether it has expired. Without one the words can only be a new answer."""
    try:
        return tokens.open_receipt(receipt, place.survey.id)
    except tokens.BadTokenError as error:
        raise _out_of_date(place, draft) from error


def _out_of_date(place: Place, draft: Draft) -> OutOfDate | NotAllowed:
    if place.survey.requires_signed:
        return NotAllowed("This survey is for invited people.")
    new = visits.draft_of(place, tokens.Form(place.survey.id))
    draft.action, draft.token = new.action, new.token
    return OutOfDate("The token does not verify.")


def store(place: Place, form: tokens.Form, draft: Draft) -> Stored:
    """Store the answer durably. Words sent again with a known form replace the earlier ones; no words keep them."""
    return responses.record(place.survey.id, _answer(place, form, draft))


def change(place: Place, opened: tokens.Receipt, draft: Draft, *, has_expired: bool) -> Stored:
    """Store what step 2 says. With an expired receipt only what is stored already is thanked for."""
    return responses.change(
        place.survey.id,
        opened.response_id,
        score=draft.score,
        comment=draft.words,
        keep=draft.is_skipped,
        has_expired=has_expired,
        suspicion=suspicion.of_request(place.survey.allowed_origins),
    )


def _quarantine(place: Place, form: tokens.Form) -> str | None:
    """Why the answer has to wait, None for nearly all."""
    refused = suspicion.TOKEN_REFUSED if form.mark else None
    sent = suspicion.of_request(place.survey.allowed_origins)
    return sent or suspicion.of_age(form.first_render) or refused


def _answer(place: Place, form: tokens.Form, draft: Draft) -> Answer:
    return Answer(
        nonce=form.nonce,
        score=int(draft.fields["score"]),
        source="widget",
        comment=draft.words,
        language=place.locale,
        touchpoint=form.touchpoint,
        respondent=form.subject,
        identity="verified" if form.subject else "claimed" if form.claimed else "anonymous",
        claimed_as=form.claimed,
        mark=form.mark,
        quarantine=_quarantine(place, form),
        attributes=form.attributes,
        host=form.host,
        layout_version=steps.LAYOUT_VERSION,
        has_load=form.has_load,
        is_complete=draft.has_words_field,
    )


def go_on(place: Place, receipt: str, *, to: str) -> Response:
    """303 to the next page: a reload there asks for the page and never sends again."""
    return Response(status=303, headers={"Location": visits.address(place, to, receipt=receipt)})
