"""Seconds and peak memory from a file of comments to a ranking, against encoding the comments and nothing else.

The comments are those of a CSV named by COMMENTS (with a `comment` column), or the project's corpus repeated with
words left out until there are enough.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import table

SIZES = (1_000, 10_000, 26_878)
CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"


def main() -> None:
    """One process for each figure, so that its peak memory is its own."""
    rows = []
    for size in SIZES:
        ours, yardstick = (_measured(what, size) for what in ("understand", "encode"))
        rows.append(
            [f"{size:,}", f"{ours[0]:.1f}", f"{ours[1]:.0f}", f"{yardstick[0]:.1f}", f"{ours[0] / yardstick[0]:.2f}"]
        )
    table.show(["comments", "seconds", "peak memory MB", "encoding each whole comment, seconds", "ratio"], rows)


def _measured(what: str, size: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.analysis", what, str(size)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = out.split()
    return float(seconds), float(megabytes)


def comments(size: int) -> list[tuple[str, int]]:
    """Text and score of `size` comments."""
    files = [Path(os.environ["COMMENTS"])] if os.environ.get("COMMENTS") else sorted(CORPUS.glob("??.csv"))
    rows = [row for path in files for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]
    said = [(row["comment"], int(row["score"])) for row in rows if row["comment"].strip()]
    chance = random.Random(20)
    while len(said) < size:
        text, score = said[chance.randrange(len(rows))]
        said.append((" ".join(word for word in text.split() if chance.random() > 0.1) or text, score))
    return said[:size]


def understand(size: int) -> None:
    """All of it: from comments to a ranking."""
    from app.analysis import pipeline
    from app.analysis.pain_points import catalogue
    from app.analysis.pain_points.encoder import UseEncoder
    from app.analysis.types import Comment

    said = [Comment(str(number), text, score) for number, (text, score) in enumerate(comments(size))]
    pipeline.analyse(said, catalogue.shipped(), UseEncoder())


def encode(size: int) -> None:
    """The yardstick: each comment as one text through the encoder, with the same processes."""
    from app.analysis.pain_points.encoder import UseEncoder

    UseEncoder().encode([text for text, _ in comments(size)])


def _peak() -> float:
    """Of this process and, on top, of its largest child for each processor, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + children * (os.cpu_count() or 1)) / 1024


if __name__ == "__main__":
    work: dict[str, Callable[[int], None]] = {"understand": understand, "encode": encode}
    began = time.perf_counter()
    work[sys.argv[1]](int(sys.argv[2]))
    print(f"{time.perf_counter() - began:.3f} {_peak():.1f}")
