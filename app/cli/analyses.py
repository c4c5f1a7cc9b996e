"""Reading comments, and what that changed."""

from __future__ import annotations

import click

from app.cli.common import needs_database, progress_bars, survey_option


@click.command("analyse")
@survey_option
@needs_database
def analyse(key: str) -> None:
    """A full run over all comments of a survey."""
    from app.analysis.text.tokens import load_stemmers
    from app.reports import runs
    from app.services import analyses, leases, surveys

    load_stemmers()
    with leases.beating(), progress_bars() as show:
        run = analyses.run(surveys.get(key).id, show)
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
    click.echo(f"Analysis {run.id}, method {run.method}: {run.comments} comments in {seconds:.1f} s.")
    if run.changes:
        click.echo(runs.line(run.changes))


@click.command("analyses")
@survey_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, the newest first."
)
@needs_database
def analyses(key: str, limit: int) -> None:
    """When comments were read, and what each run changed."""
    from app.reports import runs
    from app.services import runs as stored
    from app.services import surveys

    survey = surveys.get(key)
    names = stored.names(survey)
    for run in stored.newest(survey, limit):
        said = runs.line(run.changes) if run.state == "succeeded" else run.failure or ""
        click.echo(f"{run.id}\t{run.started_at:%Y-%m-%d %H:%M} UTC\t{run.state}\t{run.comments} comments\t{said}")
        for row in (run.changes or {}).get("moves", ()):
            click.echo(f"\t{row['comments']} comments: {runs.move(row, names)}")
