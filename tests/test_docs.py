"""What the documents name is there, and what is there they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from flask import Flask

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
