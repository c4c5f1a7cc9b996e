"""What one fit has learned: enough to read any later comment alone, and small enough to store."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.analysis.pain_points.space import Matrix, Space
from app.analysis.types import Entry


@dataclass(frozen=True)
class Model:
    """`entries` in the order of the rows of `centres` (entries, axes); `learned_from` counts painful mentions."""

    method: str
    entries: tuple[Entry, ...]
    centres: Matrix
    space: Space
    learned_from: int

    def to_bytes(self) -> bytes:
        """An npz archive without pickles; equal models give equal bytes."""
        about = {
            "method": self.method,
            "learned_from": self.learned_from,
            "languages": self.space.languages,
            "entries": [asdict(entry) for entry in self.entries],
        }
        text = json.dumps(about, ensure_ascii=False, sort_keys=True, default=dict).encode()
        file = io.BytesIO()
        np.savez_compressed(
            file,
            about=np.frombuffer(text, dtype=np.uint8),
            centres=self.centres,
            means=self.space.means,
            common=self.space.common,
            axes=self.space.axes,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Model:
        """The model that `to_bytes` stored. Raises ValueError for anything else."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                space = Space(tuple(about["languages"]), file["means"], file["common"], file["axes"])
                entries = tuple(_entry(entry) for entry in about["entries"])
                return cls(about["method"], entries, file["centres"], space, about["learned_from"])
        except (KeyError, ValueError, OSError, EOFError) as error:
            raise ValueError("not a stored model") from error


def _entry(said: Mapping[str, Any]) -> Entry:
    phrases = {code: tuple(texts) for code, texts in said["phrases"].items()}
    return Entry(**{**said, "phrases": phrases, "terms": tuple(said["terms"])})
