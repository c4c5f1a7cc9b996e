"""Where answers come from by themselves: what people say of such a place, checked."""

from __future__ import annotations

from app.analysis.metrics import NPS, Metric
from app.errors import Invalid
from app.importers.rows import MEANINGS

MOST_SCORES = 101
MOST_FIELDS, LONGEST_NAME = 200, 200


def scale(text: str, metric: Metric = NPS) -> dict[str, int]:
    """What scores of another scale are on that of a metric, as `1=0, 2=3, 3=5, 4=8, 5=10`; Invalid if none is meant."""
    known, found = {str(score) for score in metric.scores}, dict[str, int]()
    for part in (part.strip() for part in text.replace("\n", ",").split(",")):
        if not part:
            continue
        theirs, equals, ours = (side.strip() for side in part.rpartition("="))
        if not (equals and theirs and ours in known) or theirs in found:
            raise _wrong(part, metric)
        found[theirs] = int(ours)
    if len(found) > MOST_SCORES:
        raise _wrong("", metric)
    return found


def _wrong(part: str, metric: Metric) -> Invalid:
    low, high = metric.low, metric.high
    such = f"such as 1={low}, 5={high}"
    text = f"Say each score once, as THEIRS=OURS with ours from {low} to {high}, {such}; not {part[:60]!r}."
    return Invalid(text, {"scale": [text]})


def columns(text: str) -> dict[str, str]:
    """What fields mean, a line each as `NAME = MEANING`; Invalid if it cannot be meant."""
    found: dict[str, str] = {}
    for line in (line.strip() for line in text.splitlines()):
        name, equals, meaning = (part.strip() for part in line.rpartition("="))
        if not line:
            continue
        if not (equals and name) or meaning not in MEANINGS or name in found or len(name) > LONGEST_NAME:
            said = f"Say each field once, as NAME = MEANING with one of {', '.join(MEANINGS)}; not {line[:60]!r}."
            raise Invalid(said, {"columns": [said]})
        found[name] = meaning
    if len(found) > MOST_FIELDS:
        raise Invalid(f"At most {MOST_FIELDS} fields.", {"columns": [f"At most {MOST_FIELDS} fields."]})
    return found
