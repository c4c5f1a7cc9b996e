"""What services may refuse, and the one place where exceptions become answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from app.models.transaction import MovedError, NotSavedError


class Refusal(Exception):  # noqa: N818 - a refusal is an answer to a person, not a fault of ours
    """A request that cannot be done, with the status, a name for programs and a sentence for people."""

    status = 400
    name = "refused"

    def __init__(self, message: str, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = dict(errors or {})


class NotFound(Refusal):
    """There is no such thing, or it is none of the caller's business: both look the same."""

    status = 404
    name = "not_found"


class SurveyClosed(Refusal):
    """The survey takes no answers any more."""

    status = 409
    name = "survey_closed"


class TooLateToChange(Refusal):
    """The answer may be changed for 24 hours only."""

    status = 409
    name = "too_late_to_change"


class Conflict(Refusal):
    """Somebody else saved in between: what was sent rests on what is not so any more."""

    status = 409
    name = "conflict"


class LinkEnded(Refusal):
    """The link was good once."""

    status = 410
    name = "link_ended"


class Invalid(Refusal):
    """The content is wrong; `errors` says what, by field."""

    status = 422
    name = "invalid"


class TooLarge(Refusal):
    """More was sent than is taken."""

    status = 413
    name = "too_large"


class NotAllowed(Refusal):
    """The caller is known, but this is not for them."""

    status = 403
    name = "not_allowed"


class NotSignedIn(Refusal):
    """The caller is not known: sign in, or send a valid key."""

    status = 401
    name = "not_signed_in"


class TooMany(Refusal):
    """Too many requests in a short time; `retry_after` is in seconds."""

    status = 429
    name = "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Not stored, through no fault of the caller: sending again is safe."""

    status = 503
    name = "not_saved"
    retry_after = 5


AWAY = (OperationalError, InterfaceError, PoolTimeout)  # a read that the database could not serve
Answer = Callable[[Refusal], ResponseReturnValue]


def register(app: Flask, answers: Mapping[str, Answer]) -> None:
    """Turn every exception into an answer in the caller's form; `answers` by path prefix, longest first."""

    def respond(error: Exception) -> ResponseReturnValue:
        refusal = as_refusal(error)
        if refusal.status >= 500:
            known = isinstance(error, (NotSavedError, *AWAY))  # of which there are many at once, all from one place
            app.logger.error("%s: %s", request.endpoint, type(error).__name__, exc_info=None if known else error)
        if isinstance(error, SecurityError):  # the caller cannot mend it, and sees no more than a refusal
            app.logger.warning("Refused: host %.100r is not one of TRUSTED_HOSTS", request.environ.get("HTTP_HOST"))
        prefix = next(prefix for prefix in sorted(answers, key=len, reverse=True) if request.path.startswith(prefix))
        if prefix == "/" and isinstance(error, SecurityError):  # for an untrusted host no address of a page can be made
            return "This host is not one of TRUSTED_HOSTS.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
        response = app.make_response(answers[prefix](refusal))
        response.headers.extend(_headers(error, refusal))
        return response

    app.register_error_handler(Exception, respond)


def as_refusal(error: Exception) -> Refusal:
    """What the caller may know about this exception."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, MovedError):
        return Unavailable(
            "Whyscore is just moving to another database. Nothing was lost: please try again in a minute."
        )
    if isinstance(error, NotSavedError):
        return Unavailable("Your answer could not be saved just now. Nothing was lost: please send it again.")
    if isinstance(error, AWAY):
        return Unavailable("The database does not answer just now. Please try again in a moment.")
    if is_broken_body(error):
        return Refusal("The body of this request could not be read: its framing is broken.")
    refusal = Refusal(getattr(error, "description", None) or "Something went wrong on our side.")
    refusal.status = (error.code or 500) if isinstance(error, HTTPException) else 500
    refusal.name = HTTPStatus(refusal.status).phrase.lower().replace(" ", "_")
    return refusal


def is_broken_body(error: Exception) -> bool:
    """Whether the server gave up on the pieces of a body while we were reading it; it reads them only then."""
    return type(error).__module__ == "gunicorn.http.errors"


def _headers(error: Exception, refusal: Refusal) -> list[tuple[str, str]]:
    """Allow on 405, Retry-After where waiting helps."""
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return [("Allow", ", ".join(sorted(error.valid_methods)))]
    wait = getattr(refusal, "retry_after", None)
    return [] if wait is None else [("Retry-After", str(wait))]
