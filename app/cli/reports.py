"""Reports, of a survey or of a file alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.analysis.metrics import METRICS
from app.cli.common import answers_errors, existing_file, needs_database, progress_bars, survey_option


@click.command("report", context_settings={"ignore_unknown_options": True})
@survey_option
@click.option("--format", "file_format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.argument("filters", nargs=-1, type=click.UNPROCESSED)
@needs_database
def report(key: str, file_format: str, filters: tuple[str, ...]) -> None:
    """The report. Filters as in its address: --from 2026-01-01 --language de --attr.plan=pro."""
    from app.models import now
    from app.reports import exports
    from app.reports.report_json import to_json
    from app.services import reports, surveys

    built = reports.build(surveys.get(key), _filters(filters), now())
    if file_format == "json":
        click.echo(json.dumps(to_json(built), ensure_ascii=False, indent=1))
    else:
        click.echo({"text": exports.as_text, "csv": exports.as_csv}[file_format](built), nl=False)


def _filters(words: tuple[str, ...]) -> Any:
    """`--name value` and `--name=value`, checked like the parameters of an address."""
    from app.schemas import filters

    pairs, left = [], list(words)
    while left:
        name, equals, value = left.pop(0).removeprefix("--").partition("=")
        if not equals:
            if not left:
                raise click.ClickException(f"--{name} needs a value.")
            value = left.pop(0)
        pairs.append((name, value))
    return filters.parse(pairs)


@click.command("pain-points")
@click.argument("file", type=existing_file)
@click.option("--format", "file_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--assignments", type=click.Path(dir_okay=False, path_type=Path), help="Write a line of JSON for each row."
)
@click.option("--metric", type=click.Choice(list(METRICS)), default="nps", show_default=True, help="What is asked.")
@answers_errors
def pain_points(file: Path, file_format: str, assignments: Path | None, metric: str) -> None:
    """Rank the pain points of a file with score and comment, without a database."""
    from app.analysis.text.tokens import load_stemmers
    from app.reports import rankings
    from app.services import files

    load_stemmers()
    with progress_bars() as show:
        understood = files.understand(file, progress=show, metric=METRICS[metric])
    for line, reason in understood.rejected:
        click.echo(f"{file.name}:{line}: left out, {reason}", err=True)
    if assignments:
        with assignments.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in files.assignments(understood))
    show_as = rankings.as_json if file_format == "json" else rankings.as_text
    click.echo(show_as(understood.analysis, understood.comments, understood.metric))


@click.command("evaluate")
@click.argument("file", type=existing_file, required=False)
@answers_errors
def evaluate(file: Path | None) -> None:
    """Quality against people's labels: of a labelled file, or of the project's own corpus."""
    from app.reports import evaluations
    from app.services import quality

    with progress_bars() as show:
        evaluation = quality.evaluate(file, show)
    click.echo(evaluations.as_text(evaluation))
