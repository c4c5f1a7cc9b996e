"""What the page of a source says of the last time: what came of it, or what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app.extensions import db
from app.models import AnswerSource, now
from app.models.transaction import writing

if TYPE_CHECKING:
    from app.services.imports import Imported

QUOTED = 20  # rows that were left out


def note(source_id: int, taken: Imported, message: str = "") -> None:
    """Write down what came of it, and what went wrong beside."""
    counts = {name: taken.outcomes[name] for name in ("created", "changed", "repeated")}
    quoted = [[line, reason] for line, reason in taken.rejected[:QUOTED]]
    _write(source_id, {**counts, "rejected": len(taken.rejected), "reasons": quoted}, message)


def say(source_id: int, message: str) -> None:
    """Write down that nothing came, and why; no message if there was nothing new."""
    _write(source_id, None, message)


def forget(survey_id: int) -> None:
    """Let go of what rows that were left out said: one may quote what is being erased. Inside `writing()`."""
    for source in db.session.scalars(sa.select(AnswerSource).where(AnswerSource.survey_id == survey_id)):
        source.result = {**source.result, "reasons": []} if source.result else source.result


def _write(source_id: int, result: dict[str, Any] | None, message: str) -> None:
    with writing() as session:
        values = {"last_at": now(), "result": result, "message": message}
        session.execute(sa.update(AnswerSource).where(AnswerSource.id == source_id).values(values))
