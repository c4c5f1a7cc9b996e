"""What the documents name is there, and what is there they name."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from app.services import schedule

ROOT = Path(__file__).parent.parent
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SETTING = re.compile(r"^([A-Z_]+)=", re.MULTILINE)


def every_command(app: Flask) -> list[str]:
    ours = [name for name in app.cli.commands if name not in {"run", "shell", "routes", "db"}]
    names = []
    for name in ours:
        command = app.cli.commands[name]
        names += [f"{name} {sub}" for sub in command.commands] if isinstance(command, click.Group) else [name]
    return names


def test_every_command_is_documented_and_has_a_help_text(app: Flask) -> None:
    for name in every_command(app):
        assert f"| `{name}" in COMMANDS, f"docs/commands.md does not name {name}"


def test_every_command_that_is_documented_exists(app: Flask) -> None:
    documented = re.findall(r"^\| `([a-z-]+(?: [a-z][a-z-]*)?)", COMMANDS.partition("## Columns")[0], re.MULTILINE)

    assert {name for name in documented if not name.startswith("db ")} == set(every_command(app))


def test_every_setting_is_documented_with_an_example() -> None:
    settings = set(SETTING.findall((ROOT / ".env.example").read_text()))
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "app" / "config.py").read_text()))
    read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', (ROOT / "gunicorn.conf.py").read_text()))

    assert settings == read
    assert settings == set(re.findall(r"^\| `([A-Z_]+)`", OPERATIONS, re.MULTILINE))


def test_every_target_of_the_makefile_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
        for name in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", path.read_text(), re.MULTILINE)
        for name in name
        if name
    }

    assert named <= targets


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))])
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_commands_of_the_readme_run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "answers.csv").write_text("score,comment\n3,Support takes days to answer\n")
    monkeypatch.chdir(tmp_path)
    runner = app.test_cli_runner()
    lines = re.findall(r"^\.venv/bin/flask --app wsgi (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line)
        typed = "correct horse battery\n" * 2 if words[:2] == ["user", "create"] else None
        result = runner.invoke(args=words, input=typed)
        assert result.exit_code == 0, f"{line}: {result.output}"


def test_the_quickstart_leads_to_one_answer_on_the_page_it_writes(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(
        r"^```bash\n(.*?)^```$", (ROOT / "docs" / "quickstart.md").read_text(), re.MULTILINE | re.DOTALL
    )
    _start, create, write, serve, see = blocks
    app.config["LEAST_SECONDS"] = 0
    monkeypatch.chdir(make_folder(tmp_path / "whyscore"))
    runner, visitor = app.test_cli_runner(), app.test_client()

    for line in create.splitlines():
        assert runner.invoke(args=shlex.split(line)[3:]).exit_code == 0
    subprocess.run(["bash", "-euc", write], check=True)
    frame = re.search(r'src="(\S+?:8000)(\S+)"', (tmp_path / "corner-shop" / "index.html").read_text())
    assert frame
    widget = visitor.get(frame[2])
    served = re.search(r"http.server (\d+) --bind (\S+) --directory \.\./corner-shop", serve)
    assert served
    assert widget.headers["Content-Security-Policy"].endswith(f"frame-ancestors http://{served[2]}:{served[1]}")
    press(visitor, widget.text, score="3")

    report, export = (runner.invoke(args=shlex.split(line)[3:]).output for line in see.splitlines())
    assert "n 1: promoters 0, passives 0, detractors 1" in report
    assert '"3","detractor"' in export


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def press(visitor: FlaskClient, page: str, **fields: str) -> None:
    """Send the first form of a page as a browser would."""
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert action
    assert token
    assert visitor.post(html.unescape(action[1]), data={"token": token[1], **fields}).status_code == 303


def test_the_recipe_for_verifying_a_webhook_knows_ours_from_others(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "channels.md").read_text()
    recipe = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert recipe
    secret, body = "whsec_" + "QUJD" * 10, b'{"type":"response.created","data":{"score":3}}'
    known: dict[str, Any] = {}
    exec(recipe[1].replace("whsec_…", secret), known)  # noqa: S102 - our own page
    signature = Webhook(secret).sign("msg_1", datetime.now(UTC), body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": signature}

    assert known["receive"](headers, body) == 204
    assert "response.created {'score': 3}" in capsys.readouterr().out
    assert known["receive"](headers, body + b" ") == 400


def test_the_schedule_of_the_page_is_the_one_that_is_kept() -> None:
    page = (ROOT / "docs" / "channels.md").read_text()
    said = "at once, then 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours"

    assert said in " ".join(page.split())
    assert [pause.total_seconds() for pause in schedule.PAUSES] == [
        5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)),
    ]  # fmt: skip
