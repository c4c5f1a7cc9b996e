"""Tables that read the same in a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def show(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    for line in lines(head, rows):
        print(line)


def lines(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]
