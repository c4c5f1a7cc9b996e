"""The labelled comments of redaction: `{kind:…}` marks what is to be found. Labels are places in the plain comment."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.analysis.text.recognisers.phones import SPOKEN
from app.analysis.text.redact import KINDS, Found, find

FILE = Path(__file__).parents[2] / "corpus" / "redaction.csv"
ANY = "any of them"
MARK = re.compile(r"\{(\w+):([^}]+)\}")


@dataclass(frozen=True)
class Labelled:
    """A comment with what is in it, as (start, end, kind)."""

    language: str
    text: str
    labels: tuple[Found, ...]

    def found(self) -> list[Found]:
        """What is recognised in it, with the telephones of where its language is spoken."""
        return find(self.text, KINDS, SPOKEN[self.language])


@dataclass
class Score:
    """How much of what is there was found, place and kind, and how much of what was found is there.

    Under `ANY` stands what was found in full as whatever kind, and what is at least a part of something that is there.
    """

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    recognised: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def precision(self, kind: str) -> float:
        return self.right[kind] / self.found[kind]

    def recall(self, kind: str) -> float:
        return self.recognised[kind] / self.there[kind]


def read() -> list[Labelled]:
    with FILE.open(newline="") as file:
        return [labelled(row["language"], row["comment"]) for row in csv.DictReader(file)]


def labelled(language: str, marked: str) -> Labelled:
    text, labels, last = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[last : match.start()]
        labels.append((len(text), len(text) + len(match[2]), match[1]))
        text, last = text + match[2], match.end()
    return Labelled(language, text + marked[last:], tuple(labels))


def score(comments: list[Labelled]) -> Score:
    counted = Score()
    for comment in comments:
        found = comment.found()
        counted.there.update(kind for _, _, kind in comment.labels)
        counted.found.update(kind for _, _, kind in found)
        both = [kind for *_, kind in set(found) & set(comment.labels)]
        counted.right.update(both)
        counted.recognised.update(both)
        counted.there[ANY] += len(comment.labels)
        counted.found[ANY] += len(found)
        counted.recognised[ANY] += sum(
            any(a <= start and end <= b for a, b, _ in found) for start, end, _ in comment.labels
        )
        counted.right[ANY] += sum(any(a < end and start < b for a, b, _ in comment.labels) for start, end, _ in found)
    return counted


def table(counted: Score) -> list[str]:
    """The rows of the table in docs/privacy.md."""
    return [
        f"| {kind} | {counted.there[kind]} | {counted.precision(kind):.2f} | {counted.recall(kind):.2f} |"
        for kind in ("email", "phone", "card", "iban", "ip", "number", ANY)
    ]
