"""Answers from files: whose the file is, what its columns mean, what is left out and why."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import importers
from app.analysis.metrics import NPS, Metric
from app.cli.common import existing_file, needs_database, progress_bars, survey_option
from app.errors import NotFound
from app.importers.rows import MEANINGS
from app.importers.sources import Source, Told
from app.models import Survey
from app.schemas import sources

if TYPE_CHECKING:
    from app.services.imports import Imported

LINES = 5  # named for each reason
SAID = {"attribute": "an attribute", "ignored": "not taken"}


def _columns(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What people say that columns mean: NAME=MEANING, of which a name may hold an = too."""
    columns = {}
    for text in given:
        name, equals, meaning = text.rpartition("=")
        if not equals or meaning not in MEANINGS:
            raise click.BadParameter(f"say NAME=MEANING with one of {', '.join(MEANINGS)}, not {text}.")
        columns[name] = meaning
    return columns


@click.command("import")
@click.argument("file", type=existing_file)
@survey_option
@click.option("--format", "file_format", type=click.Choice(importers.formats()), help="Else told from the file.")
@click.option("--column", "columns", multiple=True, callback=_columns, metavar="NAME=MEANING", help="What a column is.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Whether the day or the month comes first.")
@click.option("--scale", default="", metavar="THEIRS=OURS,…", help="What scores of another scale are, as 1=0,5=10.")
@click.option("--open-cases", is_flag=True, help="Let low scores of the last 30 days open cases.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
@needs_database
def bring_in(
    file: Path,
    key: str,
    file_format: str | None,
    columns: dict[str, str],
    dates: str | None,
    scale: str,
    open_cases: bool,
    dry_run: bool,
) -> None:
    """Bring in answers from a file; a second time changes nothing."""
    metric = _metric(key)
    told = Told(columns, dates or "", sources.scale(scale, metric))
    source = importers.source(file, file_format, told, metric)
    _tell(source)
    if dry_run:
        _look(source, key)
    else:
        _store(source, key, open_cases)


def _tell(source: Source) -> None:
    """Whose file it is and what is to be known about it; on the error stream, where it is in nobody's way."""
    click.echo(f"{source.path.name}: {source.product.name}.", err=True)
    for note in source.notes:
        click.echo(note, err=True)


def _look(source: Source, key: str) -> None:
    from app.services import imports, surveys

    width = max((len(name) for name in source.columns), default=0)
    for name, meaning in source.columns.items():
        click.echo(f"{name:<{min(width, 60)}}  {SAID.get(meaning, meaning)}")
    try:
        survey = surveys.get(key)
    except NotFound:
        survey = None
    looked_at = imports.foresee(survey, source.answers())
    counts = looked_at.outcomes
    click.echo(
        f"{looked_at.rows} rows: {counts['created']} new, {counts['changed']} changed, "
        f"{counts['repeated']} already there, {len(looked_at.rejected)} would be left out. Nothing was stored."
    )
    _reasons(looked_at)


def _reasons(looked_at: Imported) -> None:
    lines: dict[str, list[int]] = defaultdict(list)
    for line, reason in looked_at.rejected:
        lines[reason].append(line)
    for reason, its in sorted(lines.items(), key=lambda item: -len(item[1])):
        more = ", …" if len(its) > LINES else ""
        click.echo(f"{len(its)} × {reason} (line {', '.join(map(str, its[:LINES]))}{more})")


def _store(source: Source, key: str, open_cases: bool) -> None:
    from app.services import imports

    answers = source.answers()
    into = _survey(key)
    with progress_bars() as show:
        size = sum(1 for _ in source.rows())
        imported = imports.bring_in(
            into, answers, opens_cases=open_cases, progress=lambda done: show("import", done, size)
        )
    for line, reason in imported.rejected:
        click.echo(f"{source.path.name}:{line}: left out, {reason}", err=True)
    counts = imported.outcomes
    click.echo(
        f"{imported.rows} rows: {counts['created']} new, {counts['changed']} changed, "
        f"{counts['repeated']} already there, {len(imported.rejected)} left out."
    )


def _metric(key: str) -> Metric:
    """What the survey measures; that there is none is said later, after what the file is."""
    from app.services import surveys

    try:
        return surveys.get(key).measures
    except NotFound:
        return NPS


def _survey(key: str) -> Survey:
    from app.services import surveys

    try:
        return surveys.get(key)
    except NotFound:
        made = surveys.create(key, key)
        click.echo(f"There was no survey {key}, so it was made.", err=True)
        return made
