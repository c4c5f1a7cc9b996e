"""A memory for the encoder: every distinct text is encoded once, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from app.analysis.pain_points.encoder import Encoder, compact, expand
from app.analysis.pain_points.gloss import gloss
from app.extensions import db
from app.models import Vector
from app.models.transaction import stop_reading, writing
from app.models.upsert import insert_many_once

AT_ONCE = 500  # below the number of variables that every database takes in one statement
SHARD = 5_000  # texts encoded between two looks at the clock: what is done is kept if the rest is cut off
Item = TypeVar("Item")


class RememberingEncoder:
    """An encoder that asks the database first and remembers what it had to work out."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, in the order of `texts`."""
        if not texts:
            return self.encoder.encode(texts)
        digests = {text: _digest(text) for text in texts}
        known = _known(sorted(set(digests.values())))
        stop_reading()
        new = sorted(text for text, digest in digests.items() if digest not in known)
        for part in _parts(new, SHARD):
            known |= self._learn(part, digests)
        return expand(np.frombuffer(b"".join(known[digests[text]] for text in texts), np.int8).reshape(len(texts), -1))

    def in_bulk(self) -> Encoder:
        """The encoder behind it: a bulk of vectors takes longer to store and to find than to work out."""
        return self.encoder.in_bulk()

    def _learn(self, texts: Sequence[str], digests: dict[str, bytes]) -> dict[bytes, bytes]:
        vectors = compact(self.encoder.encode(texts))
        contents = {digests[text]: vector.tobytes() for text, vector in zip(texts, vectors, strict=True)}
        self._keep(contents)
        return contents

    def _keep(self, contents: dict[bytes, bytes]) -> None:
        rows = [{"digest": digest, "content": content} for digest, content in contents.items()]
        for part in _parts(rows):
            with writing():
                insert_many_once(Vector, part)


class LookingEncoder(RememberingEncoder):
    """The same for pages: what it has to work out it does not keep, because looking changes nothing."""

    def _keep(self, contents: dict[bytes, bytes]) -> None:
        """Forget it."""


def forget_quotes(quotes: Iterable[tuple[str, str]]) -> None:
    """Delete what is remembered of these texts, each behind its language. Who needs one works it out again."""
    for part in _parts([_digest(gloss(text, language)) for language, text in quotes]):
        db.session.execute(sa.delete(Vector).where(Vector.digest.in_(part)))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16, person=b"whyscore-v2").digest()


def _known(digests: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for part in _parts(digests):
        rows = db.session.execute(sa.select(Vector.digest, Vector.content).where(Vector.digest.in_(part)))
        found.update((bytes(digest), bytes(content)) for digest, content in rows)
    return found


def _parts(items: Sequence[Item], size: int = AT_ONCE) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
