"""What `flask evaluate` prints."""

from app.analysis.evaluation import measure
from app.analysis.labels import Labelled
from app.analysis.reliability import reliability
from app.reports.evaluations import Evaluation, as_text

SAID = [Labelled(frozenset({"slow"}), False, language) for language in ("en", "de")] * 5
PLAIN = Evaluation(measure(SAID, [["slow"]] * 10), 0.985, 1.0, {"sv": 0.9, "ja": None}, 1.25, 512, [])


def test_every_measure_has_a_line_and_what_cannot_be_measured_a_dash() -> None:
    lines = as_text(PLAIN).splitlines()

    assert lines[0] == "F1              1.000"
    assert "rho             –" in lines
    assert "lang by chance  0.000" in lines
    assert lines[-6:] == [
        "stability       0.985",
        "steadiness      1.000",
        "probe sv        0.900",
        "probe ja        –",
        "seconds         1.250",
        "peak memory MB  512",
    ]


def test_the_confidence_has_a_table_where_it_can_be_judged() -> None:
    bins = reliability(SAID, [[("slow", 0.9)]] * 9 + [[("dear", 0.8)]])

    lines = as_text(Evaluation(PLAIN.quality, None, None, {}, 1.0, 1, bins)).splitlines()

    assert lines[-6] == "confidence    mentions    mean   right"
    assert lines[-5] == "0.0 to 0.2           0       –       –"
    assert lines[-1] == "0.8 to 1.0          10   0.890   0.900"
