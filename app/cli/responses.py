"""Answers into files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.cli.common import needs_database, progress_bars, survey_option
from app.security import audit


@click.command("export")
@survey_option
@click.option(
    "--format", "file_format", type=click.Choice(["csv", "jsonl", "xlsx"]), default="csv", show_default=True
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into this file; xlsx needs one.")
@click.option("--subject", metavar="ID", help="Everything that is kept about one respondent, as JSON.")
@needs_database
def export(key: str, file_format: str, output: Path | None, subject: str | None) -> None:
    """All responses with their mentions and pain points, or everything about one person."""
    from app.reports.filters import Filters
    from app.services import exports, surveys

    if subject is not None:
        _export_subject(key, subject, output)
        return
    audit.note()
    if output is not None:
        with progress_bars() as show:
            number = exports.save(surveys.get(key), file_format, output, Filters(), show)
        click.echo(f"{number} responses in {output}.")
        return
    for line in exports.lines(surveys.get(key), file_format):
        sys.stdout.write(line)


def _export_subject(key: str, subject: str, output: Path | None) -> None:
    from app.models import now
    from app.services import subjects, surveys

    audit.about(subject)
    audit.note()
    text = subjects.export(surveys.get(key), subject, now())
    if output is None:
        click.echo(text, nl=False)
        return
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
