"""A process that starts fetches the facts of large surveys before somebody waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.services import facts
from tests import rows
from tests.conftest import SETTINGS
from tests.rows import Said


def test_large_surveys_are_fetched_ahead_the_largest_last(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"huge": 7, "small": 2, "large": 4}
    made = {key: rows.survey(key) for key in sizes}
    for key, size in sizes.items():
        rows.store(made[key], [Said(2)] * size, run=False)
    monkeypatch.setattr(facts, "LARGE", 4)

    facts.fetch_ahead(app).join(20)

    assert list(app.extensions["facts"]) == [made["large"].id, made["huge"].id]


def test_a_database_that_is_away_ends_no_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})

    facts.fetch_ahead(app).join(20)

    assert [record.message for record in caplog.records] == ["facts: OperationalError"]
    with app.app_context():
        db.engine.dispose()
