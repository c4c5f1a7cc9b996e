"""Whose a newly discovered pain point is, by the words that departments stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.analysis.types import Entry
from app.extensions import db
from app.models import Department

FIRST_UNSPACED = "\u2e80"  # from here on scripts put no spaces between words


def of_survey(survey_id: int) -> dict[str, Sequence[str]]:
    """The words of each department, by its name."""
    query = sa.select(Department.name, Department.words).where(Department.survey_id == survey_id)
    return {row.name: row.words for row in db.session.execute(query)}


def assigned(entry: Entry, rules: Mapping[str, Sequence[str]]) -> str:
    """The department with most words that the id, names and telling words of an entry begin with; empty for none.

    Of several with as many it is the first by name.
    """
    text = " ".join((entry.id, *entry.names.values(), *entry.terms)).casefold()
    hits = {name: sum(_is_in(word, text) for word in words) for name, words in rules.items()}
    best = min(hits, key=lambda name: (-hits[name], name), default="")
    return best if hits.get(best) else ""


def _is_in(word: str, text: str) -> bool:
    """Whether a word of the text begins so; without spaces between words it may stand anywhere."""
    begins = r"(?<!\w)" if word < FIRST_UNSPACED else ""
    return re.search(begins + re.escape(word.casefold()), text) is not None
