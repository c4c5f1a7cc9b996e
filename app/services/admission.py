"""What comes by itself, again and again: nothing of it that was erased, and nothing that has had its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.models import Survey, now
from app.services import retention, tombstones
from app.services.responses import Answer


def admitted(survey: Survey, part: Sequence[Answer]) -> list[Answer]:
    """Those that may be stored, to be asked inside `writing()`: what is being erased at this moment is known too.

    Answers are known by their own tombstones only: a person who was erased may say something new.
    """
    erased, since, words_since = tombstones.read(), _since(survey.answers_months), _since(survey.comments_months)
    return [
        replace(answer, words_since=words_since)
        for answer in part
        if not tombstones.names(erased, survey.key, "answer", answer.nonce) and not _is_over(answer, since)
    ]


def _is_over(answer: Answer, since: datetime | None) -> bool:
    return since is not None and answer.created_at is not None and answer.created_at < since


def _since(months: int | None) -> datetime | None:
    return None if months is None else now() - months * retention.MONTH
