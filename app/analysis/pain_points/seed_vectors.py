"""The vectors of the shipped phrases, worked out beforehand, so that no start waits for them.

`make seed-vectors` writes the file after a change of the catalogue. A phrase that is not in it is encoded like any
other text, with the same result: the file saves time and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIGEST = 16  # bytes that stand for a text
NAME = "seed_vectors.npz"


def digest(text: str) -> bytes:
    """What stands for a text in the file."""
    return blake2b(text.encode(), digest_size=DIGEST).digest()


@cache
def shipped() -> Mapping[bytes, NDArray[np.int8]]:
    """The compact vector of every phrase in the file, by the digest of the phrase."""
    with as_file(files(__package__) / NAME) as path:
        return load(path) if path.is_file() else {}


def load(path: Path) -> dict[bytes, NDArray[np.int8]]:
    """What `save` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        digests, rows = kept["digests"], kept["rows"]
    return {bytes(key): row for key, row in zip(digests, rows, strict=True)}


def save(path: Path, texts: Sequence[str], rows: NDArray[np.int8]) -> None:
    """Keep the compact vectors of these texts, in the order of their digests."""
    order = sorted(range(len(texts)), key=lambda i: digest(texts[i]))
    digests = np.array([list(digest(texts[i])) for i in order], dtype=np.uint8)
    np.savez_compressed(path, digests=digests, rows=rows[order])
