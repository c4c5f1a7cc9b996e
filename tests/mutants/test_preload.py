"""Only what cannot know of a module is imported before its mutants are: all else is imported with each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutants.modules import ROOT
from mutants.preload import independent

FILES = {
    "app/__init__.py": "def create_app():\n    from app.pages import first\n",
    "app/jobs.py": "import app.models\n",
    "app/models.py": "X = 1\n",
    "app/services/__init__.py": "",
    "app/services/low.py": "from app.models import X\n",
    "app/services/high.py": "from app.services import low\n",
    "app/services/late.py": "def f():\n    from app.services import low\n",
    "app/pages/__init__.py": "import app.services.high\n",
    "app/pages/first.py": "",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/services/low.py", ["app", "app.models", "app.services", "app.services.late"]),
        ("app/models.py", ["app", "app.services", "app.services.late"]),
        ("app/pages/first.py", [
            "app", "app.models", "app.pages", "app.services", "app.services.high", "app.services.late",
            "app.services.low",
        ]),
        ("app/__init__.py", []),
    ],
)  # fmt: skip
def test_who_imports_it_through_others_or_through_a_package_waits_for_it(
    tree: Path, path: str, expected: list[str]
) -> None:
    assert independent(tree, path) == expected


def test_nothing_that_sends_is_there_before_the_outbox_is() -> None:
    found = independent(ROOT, "app/services/outbox.py")

    assert "app.models.deliveries" in found
    assert not {"app.services.outbox", "app.services.events", "app.services.responses", "app.api"} & set(found)
