"""Read very many comments in several processes: each splits, judges, encodes and assigns whole portions by itself.

A portion goes there and comes back read; what lies between never travels. The answers are those of a single process.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence

from app.analysis.model import Model
from app.analysis.pain_points.encoder import Encoder, Remembering, UseEncoder
from app.analysis.parallel import SELDOM, give_back, processors, seldom_collecting, spread
from app.analysis.portions import portions
from app.analysis.reading import Reader
from app.analysis.text.tokens import load_stemmers
from app.analysis.types import Comment, ReadComment

VECTORS_KEPT = 10_000  # in each process, for what many people say in the same words
_reader: Reader | None = None  # one per process of the pool


def read(
    comments: Iterable[Comment], model: Model, encoder: Encoder, processes: int | None = None
) -> Iterator[list[ReadComment]]:
    """The portions of the comments as read, in order: in this process with `encoder`, and in others."""
    give_back()
    here, told = Reader(model, Remembering(encoder, VECTORS_KEPT)), (model.to_bytes(),)
    with seldom_collecting():
        yield from spread(_read, portions(comments), processes or processors(), _start, told, here.read)


def _start(model: bytes) -> None:
    global _reader  # noqa: PLW0603 - the pool gives its processes no other place to keep something
    gc.set_threshold(*SELDOM)
    load_stemmers()
    _reader = Reader(Model.from_bytes(model), Remembering(UseEncoder(processes=1), VECTORS_KEPT))


def _read(comments: Sequence[Comment]) -> list[ReadComment]:
    if _reader is None:
        raise RuntimeError("the process was started without its model")
    return _reader.read(comments)
