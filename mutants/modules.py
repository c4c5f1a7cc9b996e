"""The modules that decide, and the tests that should notice when they decide otherwise, the quickest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Module:
    """A file, its tests, and the functions or constants that decide, all if there are none."""

    path: str
    tests: Sequence[str]
    only: Sequence[str] = ()

    @property
    def source(self) -> str:
        """What it says now."""
        return (ROOT / self.path).read_text()


CAPTURE = ("tests/services/test_answers.py", "tests/services/test_responses.py")
SENDING = ("tests/services/test_outbox.py", "tests/services/test_deliveries.py")
TRIES = ("tests/services/test_tries.py", "tests/services/test_deliveries.py")

GROUPS: Mapping[str, Sequence[Module]] = {
    "score": (
        Module("app/analysis/nps/groups.py", ("tests/analysis/nps/test_groups.py",)),
        Module("app/analysis/nps/score.py", ("tests/analysis/nps/test_score.py", "tests/analysis/nps/test_change.py")),
        Module("app/analysis/counts.py", ("tests/analysis/test_counts.py", "tests/analysis/nps/test_score.py")),
        Module(
            "app/analysis/metrics.py",
            ("tests/analysis/test_metrics.py",),
            (
                "Metric.scores",
                "Metric.lowest_group",
                "Metric.group_of",
                "Metric.groups",
                "Metric.of_scale",
                "Metric.out_of_ten",
                "NPS",
                "CSAT",
                "CES",
            ),
        ),
        Module("app/importers/scores.py", ("tests/importers/test_scores.py",)),
        Module(
            "app/pages/widget_forms.py",
            (
                "tests/pages/test_widget_forms.py",
                "tests/pages/test_widget_hostile.py",
            ),
        ),
        Module("app/schemas/responses.py", ("tests/schemas/test_new_responses.py",), ("NewResponse",)),
    ),
    "nonce": (
        Module(
            "app/services/responses.py",
            CAPTURE,
            (
                "CHANGEABLE",
                "_check_score",
                "Answer",
                "store",
                "change",
                "correct",
                "_recent",
                "_lock_respondent",
                "_in_window",
                "_insert",
                "COPIED",
                "_already_there",
                "_locked",
                "_repeat",
                "_changeable",
                "_edit",
            ),
        ),
        Module(
            "app/services/submissions.py",
            ("tests/services/test_submissions.py",),
            ("KEY", "STATUS", "take", "_check", "_claim", "_again", "_store", "_answer", "_remember"),
        ),
        Module("app/models/upsert.py", ("tests/models/test_upsert.py", *CAPTURE)),
        Module(
            "app/pages/widget_answers.py",
            (
                "tests/pages/test_widget.py",
                "tests/pages/test_widget_hostile.py",
                "tests/pages/test_widget_respondents.py",
                "tests/pages/test_widget_abuse.py",
            ),
        ),
    ),
    "token": (
        Module("app/security/tokens.py", ("tests/security/test_sealed.py", "tests/security/test_tokens.py")),
        Module("app/security/receipt_codes.py", ("tests/security/test_receipt_codes.py",)),
        Module(
            "app/security/respondents.py",
            ("tests/security/test_respondents.py", "tests/pages/test_widget_respondents.py"),
        ),
        Module("app/security/links.py", ("tests/security/test_sealed.py",)),
    ),
    "outbox": (
        Module("app/services/outbox.py", SENDING),
        Module("app/services/events.py", SENDING[:1]),
        Module("app/services/deliveries.py", TRIES),
        Module("app/services/sending.py", TRIES),
        Module("app/services/schedule.py", TRIES[:1]),
    ),
    "escape": (
        Module("app/reports/excerpts.py", ("tests/reports/test_excerpts.py",)),
        Module("app/reports/cells.py", ("tests/reports/test_cells.py",)),
        Module(
            "app/reports/workbooks.py",
            ("tests/reports/test_workbooks.py",),
            ("LONGEST", "ROWS", "AS_IT_IS", "write_table", "_book", "_write"),
        ),
        Module("app/notifiers/slack.py", ("tests/notifiers/test_forms.py", "tests/notifiers/test_carriers.py")),
        Module("app/notifiers/teams.py", ("tests/notifiers/test_forms.py", "tests/notifiers/test_carriers.py")),
        Module(
            "app/notifiers/email.py",
            ("tests/notifiers/test_forms.py", "tests/notifiers/test_email.py"),
            ("Lines", "LINES", "compose", "_one_line", "_text", "_links", "_html", "_broken"),
        ),
        Module(
            "app/pages/widget_steps.py",
            ("tests/pages/test_widget_steps.py", "tests/pages/test_widget.py"),
            ("PLACEHOLDER", "say", "say_plainly", "_filled"),
        ),
        Module("app/pages/snippets.py", ("tests/pages/test_embeds.py",), ("filled", "_sentences", "_attributes")),
    ),
}
