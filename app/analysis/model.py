"""What one fit has learned: enough to read any later comment alone, and small enough to store."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.analysis.pain_points.encoder import Encoder
from app.analysis.pain_points.gloss import gloss
from app.analysis.pain_points.lessons import Lessons
from app.analysis.pain_points.lexicon import Lexicon
from app.analysis.pain_points.space import Matrix, Place, Space
from app.analysis.types import Entry


@dataclass(frozen=True)
class Model:
    """`entries` in the order of the rows of `centres` (entries and chatter, axes).

    The last rows are `chatter`: talk that names nothing to fix, by id. `favour` and `words` are in the same order.
    `learned_from` counts complaints and wishes.
    """

    method: str
    entries: tuple[Entry, ...]
    chatter: tuple[str, ...]
    centres: Matrix
    favour: Matrix
    space: Space
    words: Lexicon
    learned_from: int
    lessons: Lessons

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of each row of `centres`."""
        return (*(entry.id for entry in self.entries), *self.chatter)

    def placing(self, encoder: Encoder) -> Place:
        """How texts become points of this model's space."""

        def place(texts: Sequence[str], languages: Sequence[str]) -> Matrix:
            said = [gloss(text, code) for text, code in zip(texts, languages, strict=True)]
            return self.space.place(encoder.encode(said), languages)

        return place

    def inherits(self, before: Model) -> bool:
        """Whether what `before` knew stayed where it was: both lie in the same space."""
        mine, theirs = self.space, before.space
        same = mine.languages == theirs.languages and np.array_equal(mine.means, theirs.means)
        return bool(self.method == before.method and same and np.array_equal(mine.axes, theirs.axes))

    def to_bytes(self) -> bytes:
        """An npz archive without pickles; equal models give equal bytes."""
        about = {
            "method": self.method,
            "learned_from": self.learned_from,
            "languages": self.space.languages,
            "chatter": self.chatter,
            "entries": [asdict(entry) for entry in self.entries],
            "words": self.words.words,
            "unknown": self.words.unknown,
        }
        text = json.dumps(about, ensure_ascii=False, sort_keys=True, default=dict).encode()
        file = io.BytesIO()
        np.savez_compressed(file, about=np.frombuffer(text, dtype=np.uint8), **self._arrays())
        return file.getvalue()

    def _arrays(self) -> dict[str, Any]:
        return {
            "centres": self.centres,
            "favour": self.favour,
            "means": self.space.means,
            "axes": self.space.axes,
            "rarity": self.words.rarity,
            "entry": self.words.entry,
            "word": self.words.word,
            "weight": self.words.weight,
            "taught": self.lessons.points,
            "wrong": self.lessons.wrong,
            "right": self.lessons.right,
        }

    @classmethod
    def from_bytes(cls, stored: bytes) -> Model:
        """The model that `to_bytes` stored. Raises ValueError for anything else."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as file:
                return cls._from(json.loads(file["about"].tobytes()), file)
        except (KeyError, ValueError, OSError, EOFError, TypeError) as error:
            raise ValueError("not a stored model") from error

    @classmethod
    def _from(cls, about: Mapping[str, Any], file: Mapping[str, Any]) -> Model:
        entries = tuple(_entry(entry) for entry in about["entries"])
        space = Space(tuple(about["languages"]), file["means"], file["axes"])
        held = (file["entry"], file["word"], file["weight"])
        chatter = tuple(about["chatter"])
        rows = len(entries) + len(chatter)
        words = Lexicon(tuple(about["words"]), file["rarity"], about["unknown"], rows, *held)
        lessons = Lessons(file["taught"], file["wrong"], file["right"])
        learned_from = about["learned_from"]
        learned = (file["centres"], file["favour"], space, words, learned_from, lessons)
        return cls(about["method"], entries, chatter, *learned)


def _entry(said: Mapping[str, Any]) -> Entry:
    lists = {name: {code: tuple(texts) for code, texts in said.get(name, {}).items()} for name in ("phrases", "words")}
    return Entry(**{**said, **lists, "terms": tuple(said["terms"])})
