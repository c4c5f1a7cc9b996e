"""Does a mention complain, or does it only tell? One direction in the encoder's space says so in every language.

The cues of a language (`text/stance.py`) know what is said outright: "broken", "please", "too slow". Much of what
people complain of is said without them ("only two of the six were in the box"), and plain statements use them too.
The direction leads from shipped phrases that tell to shipped phrases that complain. No comment moves it, so it is the
same for every survey; `make seed-vectors` works it out beforehand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.analysis.pain_points import catalogue
from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.gloss import gloss
from app.analysis.pain_points.space import DECIMALS, Matrix, Means, center, plain_means
from app.analysis.types import Entry

NAME = "tone.npz"
STIFFNESS = 30.0  # of the ridge: with less the direction learns the phrases by heart
WEIGHT = 500.0  # of each kind of phrase, however many there are of it
LOUDEST = 0.7  # more than this says no more
NOTHING_SAID, CUES, TONE = 0.3, 0.5, 1.7  # how far a mention speaks of something to fix: alone, by cues and by tone

Phrase = tuple[str, str]  # a text and its language


@dataclass(frozen=True)
class Tone:
    """`direction` leads from telling to complaining, `means` are the middle between both in each language."""

    means: Means
    direction: Matrix

    def of(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> Matrix:
        """How much each mention complains rather than tells, about −1…1; no mentions, no answer."""
        if not len(vectors):
            return np.zeros(0)
        return np.asarray(np.round(center(vectors, languages, self.means) @ self.direction, DECIMALS))


def heard(cues: Matrix, tone: Matrix) -> Matrix:
    """How far each mention speaks of something to fix, 0…1, by its cues (0…1) and its tone together."""
    return np.asarray((NOTHING_SAID + CUES * cues + TONE * tone.clip(-LOUDEST, LOUDEST)).clip(0.0, 1.0).round(DECIMALS))


@cache
def shipped() -> Tone:
    """The tone in the file beside this module."""
    with as_file(files(__package__) / NAME) as path:
        return load(path)


def learn(encoder: Encoder) -> Tone:
    """The tone from all shipped phrases: a ridge regression in which every kind of phrase weighs alike."""
    kinds = _kinds()
    rows = [phrase for _, phrases in kinds for phrase in phrases]
    signs = np.concatenate([np.full(len(phrases), sign) for sign, phrases in kinds])
    weights = np.concatenate([np.full(len(phrases), WEIGHT / len(phrases)) for _, phrases in kinds])
    vectors, languages = encoder.encode([gloss(text, code) for text, code in rows]), [code for _, code in rows]
    means = _middles(vectors, np.array(languages), signs > 0)
    centred = center(vectors, languages, means)
    weighed = centred * weights[:, None]
    stiff = STIFFNESS * np.eye(centred.shape[1])
    return Tone(means, np.linalg.solve(weighed.T @ centred + stiff, weighed.T @ signs).round(DECIMALS))


def _kinds() -> list[tuple[float, list[Phrase]]]:
    said = tomllib.loads((files(__package__) / "tone" / "en.toml").read_text(encoding="utf-8"))
    return [
        (1.0, _phrases((*catalogue.shipped(), *catalogue.shelf()))),
        (-1.0, _phrases(catalogue.chatter())),
        (1.0, [(text, "en") for text in said["complaining"]]),
        (-1.0, [(text, "en") for text in said["telling"]]),
    ]


def _phrases(entries: Sequence[Entry]) -> list[Phrase]:
    return [(text, code) for one in entries for code, said in sorted(one.phrases.items()) for text in said]


def _middles(vectors: NDArray[np.float32], codes: NDArray[np.str_], complains: NDArray[np.bool_]) -> Means:
    """For each language the middle between what complains and what tells."""
    ups, downs = (plain_means(vectors[rows], codes[rows].tolist()) for rows in (complains, ~complains))
    return {code: ((ups[code] + downs[code]) / 2).round(DECIMALS) for code in sorted(ups.keys() & downs.keys())}


def save(path: Path, tone: Tone) -> None:
    """Keep a tone, without pickles."""
    means = np.array(list(tone.means.values()))
    np.savez_compressed(path, languages=np.array(list(tone.means)), means=means, direction=tone.direction)


def load(path: Path) -> Tone:
    """What `save` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Tone(dict(zip(kept["languages"].tolist(), kept["means"], strict=True)), kept["direction"])
