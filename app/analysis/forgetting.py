"""What a model says in words, without some of them: for comments that are erased."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from app.analysis.model import Model
from app.analysis.types import Entry


def without_terms(model: Model, terms: Set[str]) -> Model:
    """The model with these telling words gone from all entries; it assigns exactly as before. None gone: the same."""
    left = tuple(
        replace(entry, terms=tuple(term for term in entry.terms if term not in terms)) for entry in model.entries
    )
    return replace(model, entries=left)


def without_phrases(model: Model, phrases: Set[str]) -> Model:
    """The model with these phrases gone from what was discovered; it assigns exactly as before. None gone: the same."""
    return replace(model, entries=tuple(_unsaid(entry, phrases) for entry in model.entries))


def _unsaid(entry: Entry, phrases: Set[str]) -> Entry:
    if entry.origin != "discovered":
        return entry
    left = {code: tuple(phrase for phrase in said if phrase not in phrases) for code, said in entry.phrases.items()}
    return replace(entry, phrases={code: said for code, said in left.items() if said})
