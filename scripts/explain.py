"""Draws what docs/statistics.md explains, with the formulas of this project: pictures of ranges and of priority."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.analysis.nps.score import format_points, nps, score_interval  # noqa: E402 - after the path to our own code
from app.analysis.pain_points.overlap import overlap  # noqa: E402
from app.analysis.pain_points.rank import priority  # noqa: E402
from app.analysis.types import GroupCounts  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2937}.axis{stroke:#6b7280}.range{stroke:#4f46e5;stroke-width:6;"
    "stroke-linecap:round}.dot{fill:#4f46e5;stroke:#fff;stroke-width:2}.bar{fill:#4f46e5}.faint{fill:#c7d2fe}"
)
SAMPLES = (5, 10, 30, 100, 300, 1_000)  # answers, all with three promoters and one detractor in five
RAISED = (  # of 200 passives and 200 detractors with a comment
    ("12 % of both groups", 24, 24),
    ("20 % of detractors, 4 % of passives", 8, 40),
    ("24 % of detractors only", 0, 48),
)


def main() -> None:
    """Write both pictures."""
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture)


def pictures() -> dict[str, str]:
    """The pictures by the names of their files."""
    return {"ranges.svg": ranges(), "priority.svg": priorities()}


def ranges() -> str:
    """The range of +40 by the number of answers."""
    marks = [
        f'<line class="axis" x1="{_x(at)}" x2="{_x(at)}" y1="20" y2="250" stroke-dasharray="2 4"/>'
        f'<text x="{_x(at)}" y="272" text-anchor="middle">{format_points(at)}</text>'
        for at in (-40, 0, 40, 80)
    ]
    rows = [part for place, answers in enumerate(SAMPLES) for part in _range(40 + place * 38, answers)]
    said = "The range of a score of plus 40, from 5 answers to 1,000: the more answers, the narrower"
    return _svg(640, 290, said, [*marks, *rows])


def _range(y: int, answers: int) -> list[str]:
    counts = GroupCounts(answers * 3 // 5, answers - answers * 3 // 5 - answers // 5, answers // 5)
    score, interval = nps(counts), score_interval(counts)
    if score is None or interval is None:
        raise ValueError("a range needs answers")
    return [
        f'<text x="130" y="{y + 5}" text-anchor="end">{answers:,} answers</text>',
        f'<line class="range" x1="{_x(interval.low)}" x2="{_x(interval.high)}" y1="{y}" y2="{y}"/>',
        f'<circle class="dot" cx="{_x(score)}" cy="{y}" r="7"/>',
    ]


def _x(points: float) -> int:
    return round(150 + (points + 60) * 460 / 160)


def priorities() -> str:
    """Three pain points that equally many people raise, and the priority of each."""
    rows = [part for place, raised in enumerate(RAISED) for part in _priority(34 + place * 64, *raised)]
    return _svg(640, 210, "Of three pain points raised by 48 of 400 people, the one of both groups comes first", rows)


def _priority(y: int, said: str, passives: int, detractors: int) -> list[str]:
    number = passives + detractors
    alone = priority(number, 400, 0)
    whole = priority(number, 400, overlap(GroupCounts(0, passives, detractors), GroupCounts(0, 200, 200)))
    if alone is None or whole is None:
        raise ValueError("a priority needs people")
    long, short = round(whole * 36), round(alone * 36)
    return [
        f'<text x="10" y="{y - 8}">{said}: {number} people</text>',
        f'<rect class="faint" x="10" y="{y}" width="{long}" height="22"/>',
        f'<rect class="bar" x="10" y="{y}" width="{short}" height="22"/>',
        f'<text x="{long + 20}" y="{y + 16}">{whole:.1f}</text>',
    ]


def _svg(width: int, height: int, said: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f"<title>{said}</title><style>{STYLE}</style>", ground, *parts, "</svg>", ""])


if __name__ == "__main__":
    main()
