"""How long answers are kept, and the removal of what has had its time."""

from __future__ import annotations

import click

from app.cli.common import needs_database, progress_bars


@click.command("retention")
@click.option("--survey", "survey_key", metavar="KEY", help="Only this survey.")
@click.option("--comments-months", help="With --survey: after how many months comments go, or none.")
@click.option("--answers-months", help="With --survey: after how many months whole answers go, or none.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@needs_database
def retention(survey_key: str | None, comments_months: str | None, answers_months: str | None, dry_run: bool) -> None:
    """Remove what is over its time, as the jobs do each night; with months change how long that is."""
    from app.models import now
    from app.services import retention as service
    from app.services import surveys

    given = {"comments_months": comments_months, "answers_months": answers_months}
    given = {name: None if value == "none" else value for name, value in given.items() if value is not None}
    if given and not survey_key:
        raise click.UsageError("Say with --survey KEY whose months they are.")
    if given and dry_run:
        raise click.UsageError("Setting months says what would go and removes nothing: leave --dry-run out.")
    for survey in [service.configure(survey_key, given)] if survey_key else surveys.every():
        with progress_bars() as show:
            found = service.due(survey, now()) if dry_run or given else service.remove_old(survey.id, show)
        kept = f"comments {survey.comments_months or 'none'}, answers {survey.answers_months or 'none'}"
        done = "would lose" if dry_run or given else "lost"
        click.echo(f"{survey.key}\t{kept}\t{done} {found.comments} comments and {found.answers} answers")
