"""Seconds and memory from a file of comments to a ranking, against encoding the comments and nothing else.

The comments are those of a CSV named by COMMENTS (with a `comment` column), or the project's corpus repeated with
words left out until there are enough. MILLION=1 adds a million of them, read as a stream.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import server, table

SIZES = (1_000, 10_000, 26_878, 100_000)
MILLION = 1_000_000
SURVEY = 26_878  # comments of the survey in a database
MORE, ALONE = 1_000, 50  # comments added to it: at once, and one by one
CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"


def main() -> None:
    """One process for each figure, so that its peak memory is its own."""
    head = ["comments", "seconds", "CPU seconds", "CPU ms a comment", "peak memory MB, all processes"]
    rows = []
    for size in SIZES:
        ours, yardstick = (_measured(what, size) for what in ("understand", "encode"))
        rows.append([*_row(size, ours), f"{yardstick[1]:.1f}", f"{ours[1] / yardstick[1]:.2f}"])
    table.show([*head, "CPU seconds to encode each whole comment", "ratio"], rows)
    if os.environ.get("MILLION"):
        print()
        table.show(head, [_row(MILLION, _measured("stream", MILLION))])
    print()
    with tempfile.TemporaryDirectory() as folder:
        table.show(["what", "p50", "p95"], list(_added(SURVEY, Path(folder))))


def _row(size: int, figures: list[float]) -> list[str]:
    seconds, cpu, megabytes = figures
    return [f"{size:,}", f"{seconds:.1f}", f"{cpu:.1f}", f"{1000 * cpu / size:.2f}", f"{megabytes:.0f}"]


def _measured(what: str, size: int) -> list[float]:
    """Seconds, CPU seconds of all its processes, and their peak memory in MB."""
    command = [sys.executable, "-m", "bench.analysis", what, str(size)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(figure) for figure in out.split()]


def comments(size: int) -> list[tuple[str, int]]:
    """Text and score of `size` comments."""
    files = [Path(os.environ["COMMENTS"])] if os.environ.get("COMMENTS") else sorted(CORPUS.glob("??.csv"))
    rows = [row for path in files for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]
    said = [(row["comment"], int(row["score"])) for row in rows if row["comment"].strip()]
    return [*said[:size], *_varied(said, size - len(said))]


def _varied(said: list[tuple[str, int]], size: int) -> Iterator[tuple[str, int]]:
    """So many comments more, each one of these with a tenth of its words left out."""
    chance = random.Random(20)
    for _ in range(size):
        text, score = said[chance.randrange(len(said))]
        yield " ".join(word for word in text.split() if chance.random() > 0.1) or text, score


def understand(size: int) -> None:
    """All of it: from comments to a ranking."""
    from app.analysis import pipeline
    from app.analysis.pain_points import catalogue
    from app.analysis.pain_points.encoder import UseEncoder
    from app.analysis.types import Comment

    said = [Comment(str(number), text, score) for number, (text, score) in enumerate(comments(size))]
    pipeline.analyse(said, catalogue.shipped(), UseEncoder())


def stream(size: int) -> None:
    """The same without holding more than a few comments at a time, as a run of a survey does."""
    from app.analysis import pipeline
    from app.analysis.pain_points import catalogue
    from app.analysis.pain_points.encoder import UseEncoder
    from app.analysis.types import Comment

    first, encoder = comments(50_000), UseEncoder()

    def coming() -> Iterator[Comment]:
        for number, (text, score) in enumerate(_varied(first, size)):
            yield Comment(str(number), text, score)

    model = pipeline.fit(coming(), catalogue.shipped(), encoder)
    for _ in pipeline.read_parts(coming(), model, encoder):
        continue


def encode(size: int) -> None:
    """The yardstick: each comment as one text through the encoder."""
    from app.analysis.pain_points.encoder import UseEncoder

    UseEncoder().encode([text for text, _ in comments(size)])


def _added(size: int, folder: Path) -> Iterator[list[str]]:
    """What a survey of this size costs when comments come to it, and a worker when it starts."""
    environment, said = server.settings(folder), comments(size + MORE + ALONE)
    for number, part in enumerate((said[:size], said[size:-ALONE], *([one] for one in said[-ALONE:]))):
        with (folder / f"{number}.csv").open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("score", "comment"), *((score, text) for text, score in part)])
    server.flask(environment, "import", str(folder / "0.csv"), "--survey", "bench")
    began = time.perf_counter()
    server.flask(environment, "analyse", "--survey", "bench")
    yield [f"`flask analyse`, {size:,} comments", f"{time.perf_counter() - began:.1f} s", ""]
    app = server.application(environment)
    with app.app_context():
        yield from _read_one_by_one(folder)


def _read_one_by_one(folder: Path) -> Iterator[list[str]]:
    from app import importers, jobs
    from app.analysis.text.tokens import load_stemmers
    from app.services import analyses, imports, surveys

    survey = surveys.get("bench")
    load_stemmers()
    began = time.perf_counter()
    jobs.warm_up()
    yield ["start of a worker: ready to read", f"{time.perf_counter() - began:.1f} s", ""]
    for number, named in ((1, f"{MORE:,} comments added, read"), (0, "one comment added, read")):
        times = []
        for file in range(number or 2, 2 if number else 2 + ALONE):
            imports.bring_in(survey, importers.read(folder / f"{file}.csv", None))
            began = time.perf_counter()
            analyses.read_new(survey.id)
            times.append(time.perf_counter() - began)
        times.sort()
        yield [named, *(f"{1000 * table.percentile(times, share):.0f} ms" for share in (0.5, 0.95))]


class Peak(threading.Thread):
    """The resident memory of this process and of all it started, watched five times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0

    def run(self) -> None:
        """Look until the process ends."""
        while True:
            self.megabytes = max(self.megabytes, sum(map(_resident, _family())))
            time.sleep(0.2)


def _family() -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(path.read_text().rsplit(")", 1)[1].split()[1]), []).append(int(path.parent.name))
        except OSError:
            continue
    found = [os.getpid()]
    for process in found:  # grows while it is gone through
        found += parents.get(process, [])
    return found


def _resident(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except OSError:
        return 0.0


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    work: dict[str, Callable[[int], None]] = {"understand": understand, "encode": encode, "stream": stream}
    peak = Peak()
    peak.start()
    began = time.perf_counter()
    work[sys.argv[1]](int(sys.argv[2]))
    print(f"{time.perf_counter() - began:.3f} {_cpu():.3f} {peak.megabytes:.1f}")
