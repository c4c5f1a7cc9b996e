"""The model that a run makes, kept free of the words of whoever is erased while it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import sqlalchemy as sa

from app.analysis.model import Model
from app.extensions import db
from app.models import Survey, following
from app.services import forgetting, run_changes

Result = TypeVar("Result")


class ErasedMeanwhileError(Exception):
    """An answer was erased since the model was made, which may know its words."""


@dataclass(frozen=True, slots=True)
class Made:
    """A model, how it was learned, and in which run if that was an earlier one.

    It knows nobody of the first so many `erasures` of the survey, and `has_forgotten` some of what it was made from.
    """

    model: Model
    learned: run_changes.Learned
    erasures: int
    learned_in: int | None = None
    has_forgotten: bool = False


def expect(survey_id: int, number: int) -> None:
    """ErasedMeanwhileError if there were more erasures; else there will be none until this transaction ends."""
    query = sa.select(Survey.erasures).where(Survey.id == survey_id).with_for_update()
    if db.session.scalar(query) not in (number, None):  # without a survey nothing will be stored
        raise ErasedMeanwhileError


def surely(survey_id: int, made: Made, act: Callable[[Made], Result]) -> tuple[Made, Result]:
    """Do with a model what `expect`s that nobody was erased: again without their words, until that holds."""
    while True:
        made = _of_those_who_stay(survey_id, made)
        try:
            return made, act(made)
        except ErasedMeanwhileError:
            continue


def _of_those_who_stay(survey_id: int, made: Made) -> Made:
    number = following.erasures(survey_id)
    if number == made.erasures:
        return made
    model = forgetting.unsaid(db.session.get_one(Survey, survey_id), made.model)
    has_forgotten = made.has_forgotten or model.entries != made.model.entries
    return replace(made, model=model, erasures=number, has_forgotten=has_forgotten)
