"""The whole width of a processor is used where NumPy's library does not know it yet, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app import processor

WIDE = " ".join(sorted(processor.WIDE))


@pytest.mark.parametrize(
    ("described", "chosen"),
    [
        (f"vendor_id : AuthenticAMD\nflags : fpu {WIDE} sse", processor.ROUTINES),
        ("vendor_id : AuthenticAMD\nflags : fpu avx2 avx512f sse", None),
        (f"vendor_id : GenuineIntel\nflags : fpu {WIDE}", None),
        (f"vendor_id : AuthenticAMD\nflags : avx2\n\nvendor_id : AuthenticAMD\nflags : {WIDE}", None),
        ("", None),
    ],
)
def test_only_a_wide_processor_by_amd_is_told_its_routines(described: str, chosen: str | None) -> None:
    assert processor.routines(described) == chosen


def test_whoever_chose_routines_keeps_them() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "import app, os; print(os.environ['OPENBLAS_CORETYPE'])"],
        capture_output=True,
        text=True,
        check=True,
        env={"OPENBLAS_CORETYPE": "Haswell"},
    )

    assert shown.stdout.strip() == "Haswell"
