"""How good the engine is, for people: what `flask evaluate` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.analysis.evaluation import Quality
from app.analysis.reliability import Bin

Figure = float | int | None


@dataclass(frozen=True)
class Evaluation:
    """All that is measured of one collection; `bins` are empty where categories are not ids of the catalogue."""

    quality: Quality
    stability: float | None  # learned twice, each time from nothing
    steadiness: float | None  # learned once, and further when comments are added
    probes: Mapping[str, float | None]  # by language
    seconds: float
    megabytes: int  # the most memory the process had held when the ranking was there
    bins: Sequence[Bin]


def as_text(evaluation: Evaluation) -> str:
    """A line for each measure and, where there is one, the table of the confidence below."""
    measures = [f"{name:<16}{shown(value)}" for name, value in figures(evaluation).items()]
    return "\n".join([*measures, *_reliability(evaluation.bins)])


def figures(evaluation: Evaluation) -> dict[str, Figure]:
    """Every measure by its name."""
    return {
        **measures(evaluation.quality),
        "stability": evaluation.stability,
        "steadiness": evaluation.steadiness,
        **{f"probe {language}": share for language, share in evaluation.probes.items()},
        "seconds": evaluation.seconds,
        "peak memory MB": evaluation.megabytes,
    }


def measures(quality: Quality) -> dict[str, Figure]:
    """What can be said of any assignment, ours or another method's."""
    return {
        "F1": quality.f1,
        "mF1": quality.many_f1,
        "NMI": quality.nmi,
        "rho": quality.rho,
        "lost": quality.lost,
        "leak": quality.leak,
        "lang": quality.language_nmi,
        "lang by chance": quality.language_chance,
        "pain points": quality.pain_points,
        "categories": quality.categories,
        "comments": quality.comments,
    }


def shown(value: Figure) -> str:
    """Three decimals, counts as they are, and a dash where there was nothing to measure."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _reliability(bins: Sequence[Bin]) -> Iterator[str]:
    if bins:
        yield f"\n{'confidence':<14}{'mentions':>8}{'mean':>8}{'right':>8}"
    for one in bins:
        step = f"{one.low:.1f} to {one.high:.1f}"
        yield f"{step:<14}{one.mentions:>8}{shown(one.confidence):>8}{shown(one.right):>8}"
