"""Follow a catalogue that people changed, inside the space that was learned: no fit, and no mention moves by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.analysis.model import Model
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.space import Matrix, unit
from app.analysis.seeds import sow
from app.analysis.types import Entry


def adapt(model: Model, catalogue: Sequence[Entry], encoder: Encoder) -> Model:
    """The model for the entries of this catalogue. Those it has not seen get the favour of a middling entry."""
    number = {entry.id: k for k, entry in enumerate(model.entries)}
    usual = float(np.round(np.median(model.favour), 6)) if len(model.favour) else 0.0
    known = [number.get(entry.id) for entry in catalogue]
    chatter = list(range(len(model.entries), len(model.ids)))
    favour = [usual if k is None else float(model.favour[k]) for k in known]
    added = [_added(entry, None if k is None else model.entries[k]) for entry, k in zip(catalogue, known, strict=True)]
    centres = [
        _moved(None if k is None else model.centres[k], entry, model, encoder)
        for k, entry in zip(known, added, strict=True)
    ]
    seeds = [(text, code, i) for i, entry in enumerate(added) for code, said in entry.phrases.items() for text in said]
    return replace(
        model,
        entries=tuple(catalogue),
        centres=np.array([*centres, *model.centres[chatter]]),
        favour=np.array([*favour, *model.favour[chatter]]),
        words=model.words.arranged([*known, *chatter], seeds),
    )


def _added(entry: Entry, before: Entry | None) -> Entry:
    """The entry with only the phrases that are new to the model; its names stand in where it has none at all."""
    if before is None:
        return replace(entry, phrases=entry.phrases or {code: (name,) for code, name in entry.names.items()})
    new = {
        code: tuple(phrase for phrase in said if phrase not in before.phrases.get(code, ()))
        for code, said in entry.phrases.items()
    }
    return replace(entry, phrases={code: said for code, said in new.items() if said})


def _moved(centre: Matrix | None, added: Entry, model: Model, encoder: Encoder) -> Matrix:
    """Half-way from where the entry is to where its new phrases lie; with nothing new, where it is."""
    if not added.phrases:
        return centre if centre is not None else np.zeros(model.centres.shape[1])
    seeds = sow([added], encoder)
    middle = unit(model.space.place(seeds.vectors, seeds.languages).sum(axis=0))
    return middle if centre is None else unit(centre + middle)
