"""What a model says in words, without some of them: for comments that are erased."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from app.analysis.model import Model


def without_terms(model: Model, terms: Set[str]) -> Model:
    """The model with these telling words gone from all entries; it assigns exactly as before. None gone: the same."""
    left = tuple(
        replace(entry, terms=tuple(term for term in entry.terms if term not in terms)) for entry in model.entries
    )
    return replace(model, entries=left)
