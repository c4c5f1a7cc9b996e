"""The demo is loaded into an installation that has nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.services import demo


def test_the_note_with_its_password_is_written_where_no_folder_is_yet(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "data")

    password = demo._password()

    assert (tmp_path / "data" / "demo-password").read_text() == f"{password}\n"
