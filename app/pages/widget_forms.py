"""What a person sent: read in one order, and kept so that every refusal can show it again."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

from app.analysis.metrics import NPS, Metric
from app.analysis.text.clean import normalise
from app.errors import Invalid
from app.services.responses import COMMENT_LIMIT

FIELDS = ("score", "comment", "token", "do", "asked")
MOST_FIELDS = 20
MOST_THROWN_AWAY = 16 * 1024 * 1024  # bytes


@dataclass(slots=True)
class Draft:
    """Score and words as they were sent. `action` and `token` say where the form goes when it is sent again."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    metric: Metric = NPS

    @property
    def score(self) -> int | None:
        """The score, None when it is missing or none of the scale."""
        return score_of(self.fields.get("score"), self.metric)

    @property
    def words(self) -> str:
        """The comment as a page shows it."""
        return normalise(self.fields.get("comment", "")) or ""

    @property
    def has_words_field(self) -> bool:
        """Whether the form asked for words, as all do but the row of buttons."""
        return "comment" in self.fields

    @property
    def is_skipped(self) -> bool:
        """Whether Skip was pressed instead of Send."""
        return self.fields.get("do") == "skip"

    @property
    def asks_the_wrong_question(self) -> bool:
        """Whether the score moved to the other follow-up question and there are no words yet."""
        asked = score_of(self.fields.get("asked"), self.metric)
        if asked is None or self.score is None or self.words or self.is_skipped:
            return False
        return (asked >= self.metric.top) != self.is_about_strengths

    @property
    def is_about_strengths(self) -> bool:
        """Which follow-up the score gets: the highest group is asked what they value, all others what to improve."""
        return self.score is not None and self.score >= self.metric.top


def read(draft: Draft) -> None:
    """Fill the draft from the request: 413, 415, then 400, and after that nothing is lost any more."""
    if (request.content_length or 0) > (request.max_content_length or 0):
        _let_it_be_sent()
        raise RequestEntityTooLarge
    if not _is_plain_form():
        raise UnsupportedMediaType
    body = _body()
    sent = list(request.form.items(multi=True))
    for name, value in reversed(sent):
        draft.fields[name] = value
    draft.token = draft.token or draft.fields.get("token", "")
    is_doubled = any(len(request.form.getlist(name)) > 1 for name in FIELDS)
    if is_doubled or len(sent) > MOST_FIELDS or not _is_utf8(body):
        raise BadRequest


def check(draft: Draft, *, needs_score: bool) -> None:
    """Invalid, with every field that is wrong."""
    errors: dict[str, list[str]] = {}
    if draft.score is None and (needs_score or "score" in draft.fields):
        errors["score"] = [f"Choose a number from {draft.metric.low} to {draft.metric.high}."]
    if len(draft.words) > COMMENT_LIMIT and not draft.is_skipped:
        errors["comment"] = [f"At most {COMMENT_LIMIT} characters."]
    if errors:
        raise Invalid("The form has errors.", errors)


def score_of(text: str | None, metric: Metric) -> int | None:
    """The score that a text is, written as the buttons write it; None for everything else."""
    return next((score for score in metric.scores if text == str(score)), None)


def _is_plain_form() -> bool:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    is_form = request.mimetype == "application/x-www-form-urlencoded" and charset in {"utf-8", "utf8"}
    return is_form and "Content-Encoding" not in request.headers


def _body() -> bytes:
    """All of the body. One sent in pieces, without its length, ends silently at the limit: the rest is looked for.

    One whose sender went away ends silently too: half an answer is none.
    """
    body = request.get_data()
    if len(body) < (request.content_length or 0):
        raise ClientDisconnected
    is_in_pieces = request.content_length is None and "wsgi.input_terminated" in request.environ
    if is_in_pieces and request.environ["wsgi.input"].read(1):
        _let_it_be_sent()
        raise RequestEntityTooLarge
    return body


def _let_it_be_sent() -> None:
    """Throw away what is still coming, up to a bound: a browser reads the refusal only when it has sent everything."""
    left = min(request.content_length or MOST_THROWN_AWAY, MOST_THROWN_AWAY)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 65_536))):
        left -= len(piece)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
