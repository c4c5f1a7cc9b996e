"""The commands of `flask --app wsgi`. Each says what it did, and ends with status 1 when something was left undone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from tqdm import tqdm

from app import importers
from app.errors import NotFound, Refusal
from app.importers.rows import UnreadableFileError
from app.models import Survey
from app.models.surveys import KINDS
from app.models.transaction import NotSavedError
from app.models.users import ROLES

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
survey_option = click.option("--survey", "key", required=True, metavar="KEY", help="The key of the survey.")


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (
        survey,
        user,
        key,
        bring_in,
        analyse,
        report,
        export,
        pain_points,
        evaluate,
        demo,
        doctor,
        jobs,
        up,
    ):
        app.cli.add_command(command)


def answers_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is a sentence and status 1, never a stack trace."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from refusal
        except (UnreadableFileError, NotSavedError) as error:
            raise click.ClickException(str(error)) from error

    return wrapper


def needs_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """With a database: an empty one is set up first, an older one has to be migrated on purpose."""

    @with_appcontext
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        from app.services import installation

        if installation.schema() is None:
            flask_migrate.upgrade(str(Path(current_app.root_path).parent / "migrations"))
            click.echo("Set up a new database.", err=True)
        elif installation.schema() != installation.head():
            raise click.ClickException("The database is of another version: run `flask --app wsgi db upgrade`.")
        return function(*args, **kwargs)

    return answers_errors(wrapper)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """One bar for each step, with the time left, on the error stream."""
    bars: dict[str, tqdm[Any]] = {}

    def show(step: str, done: int, total: int) -> None:
        bar = bars.setdefault(step, tqdm(total=total, desc=step, file=sys.stderr, leave=False, delay=1))
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


survey = AppGroup("survey", help="Make, list and close surveys.")


@survey.command("create")
@click.argument("key")
@click.option("--name", required=True, help="What is asked about; the widget shows it.")
@click.option("--kind", type=click.Choice(KINDS), default="relationship", show_default=True)
@click.option("--language", default="en", show_default=True, help="The widget's language when the browser has none.")
@click.option("--timezone", default="UTC", show_default=True, help="Whose days the report counts.")
@click.option("--allow-origin", "allowed_origins", multiple=True, help="A site that may embed the widget; repeat it.")
@needs_database
def create_survey(key: str, **settings: Any) -> None:
    """Make a survey."""
    from app.services import surveys

    made = surveys.create(key, settings.pop("name"), **settings)
    click.echo(f"Made the survey {made.key}: {current_app.config['BASE_URL']}/w/{made.key}")


@survey.command("list")
@needs_database
def list_surveys() -> None:
    """List the surveys."""
    from app.services import surveys

    for one in surveys.every():
        state = "open" if one.is_open else "closed"
        click.echo(f"{one.key}\t{one.kind}\t{state}\t{one.name}")


@survey.command("allow")
@click.argument("key")
@click.argument("origins", nargs=-1)
@needs_database
def allow(key: str, origins: tuple[str, ...]) -> None:
    """Name the sites that may embed a survey, in place of those named before."""
    from app.services import surveys

    changed = surveys.allow_origins(key, origins)
    click.echo(f"{changed.key} may be embedded by: {' '.join(changed.allowed_origins) or 'nobody'}")


@survey.command("close")
@click.argument("key")
@needs_database
def close_survey(key: str) -> None:
    """Take no more answers."""
    from app.services import surveys

    click.echo(f"Closed {surveys.close(key).key}.")


user = AppGroup("user", help="People who sign in.")


@user.command("create")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 10 characters.")
@click.option("--survey", "survey_key", metavar="KEY", help="The one survey to see; without it an administrator.")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What for in that survey.")
@needs_database
def create_user(email: str, password: str, survey_key: str | None, role: str) -> None:
    """Let a person sign in."""
    from app.services import surveys, users

    place = surveys.get(survey_key) if survey_key else None
    made = users.create(email, password, is_admin=place is None)
    if place is not None:
        users.join(made, place, role)
    click.echo(f"{made.email} may sign in at {current_app.config['BASE_URL']}/login")


key = AppGroup("key", help="Keys for programs.")


@key.command("create")
@survey_option
@click.option("--name", default="API", show_default=True, help="What it is for.")
@click.option("--read-only", is_flag=True, help="Reading only: it cannot add responses.")
@needs_database
def create_key(key: str, name: str, read_only: bool) -> None:
    """Make an API key; it is shown once."""
    from app.services import keys, surveys

    scopes = ["read"] if read_only else ["read", "responses:write"]
    click.echo(keys.create(surveys.get(key), name, scopes))


@click.command("import")
@click.argument("file", type=existing_file)
@survey_option
@click.option("--format", "file_format", type=click.Choice(list(importers.FORMATS)), help="Else by the file's ending.")
@needs_database
def bring_in(file: Path, key: str, file_format: str | None) -> None:
    """Bring in answers from a file; a second time changes nothing."""
    from app.services import imports

    into = _survey_for_import(key)
    with progress_bars() as show:
        size = sum(1 for _ in importers.read(file, file_format))
        rows = importers.read(file, file_format)
        imported = imports.bring_in(into, rows, progress=lambda done: show("import", done, size))
    for line, reason in imported.rejected:
        click.echo(f"{file.name}:{line}: left out, {reason}", err=True)
    counts = imported.outcomes
    click.echo(
        f"{imported.rows} rows: {counts['created']} new, {counts['changed']} changed, "
        f"{counts['repeated']} already there, {len(imported.rejected)} left out."
    )


def _survey_for_import(key: str) -> Survey:
    from app.services import surveys

    try:
        return surveys.get(key)
    except NotFound:
        made = surveys.create(key, key)
        click.echo(f"There was no survey {key}, so it was made.", err=True)
        return made


@click.command("analyse")
@survey_option
@needs_database
def analyse(key: str) -> None:
    """A full run over all comments of a survey."""
    from app.services import analyses, surveys

    with progress_bars() as show:
        run = analyses.run(surveys.get(key).id, show)
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
    click.echo(f"Analysis {run.id}, method {run.method}: {run.comments} comments in {seconds:.1f} s.")


@click.command("report", context_settings={"ignore_unknown_options": True})
@survey_option
@click.option("--format", "file_format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.argument("filters", nargs=-1, type=click.UNPROCESSED)
@needs_database
def report(key: str, file_format: str, filters: tuple[str, ...]) -> None:
    """The report. Filters as in its address: --from 2026-01-01 --language de --attr.plan=pro."""
    from app.models import now
    from app.reports import exports
    from app.reports.report import to_json
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


@click.command("export")
@survey_option
@click.option("--format", "file_format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@needs_database
def export(key: str, file_format: str) -> None:
    """All responses with their mentions and pain points."""
    from app.services import exports, surveys

    for line in exports.lines(surveys.get(key), file_format):
        sys.stdout.write(line)


@click.command("pain-points")
@click.argument("file", type=existing_file)
@click.option("--format", "file_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--assignments", type=click.Path(dir_okay=False, path_type=Path), help="Write a line of JSON for each row."
)
@answers_errors
def pain_points(file: Path, file_format: str, assignments: Path | None) -> None:
    """Rank the pain points of a file with score and comment, without a database."""
    from app.reports import rankings
    from app.services import files

    with progress_bars() as show:
        understood = files.understand(file, progress=show)
    for line, reason in understood.rejected:
        click.echo(f"{file.name}:{line}: left out, {reason}", err=True)
    if assignments:
        with assignments.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in files.assignments(understood))
    show_as = rankings.as_json if file_format == "json" else rankings.as_text
    click.echo(show_as(understood.analysis, understood.comments))


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


@click.command("demo")
@click.option("--host-origin", default="http://127.0.0.1:8001", show_default=True, help="Who may embed it.")
@needs_database
def demo(host_origin: str) -> None:
    """Load the demo survey and say where to look."""
    from app.services import demo as demos

    with progress_bars() as show:
        loaded = demos.load([host_origin], show)
    base = current_app.config["BASE_URL"]
    password = loaded.password or "(as you set it)"
    click.echo(
        f"\n  Widget     {base}/w/{loaded.survey.key}\n  Host page  {host_origin}/\n"
        f"  Report     {base}/surveys/{loaded.survey.key}/report\n  Sign in    {loaded.email}  {password}\n"
    )


def _check_installation() -> None:
    from app.services import installation

    problems = installation.problems()
    for problem in problems:
        click.echo(f"✗ {problem}", err=True)
    if problems:
        sys.exit(1)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what stands against running, with status 1, or that nothing does."""
    _check_installation()
    click.echo("✓ Nothing stands against running.")


@click.command("jobs")
@with_appcontext
def jobs() -> None:
    """Run the work behind the pages until stopped."""
    from app import jobs as table

    _check_installation()
    table.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("up")
@click.option("--demo-host", is_flag=True, help="Also serve the demo's host page, on another origin.")
@with_appcontext
def up(demo_host: bool) -> None:
    """Web and jobs as one process group, until Ctrl-C."""
    from app import supervisor

    _check_installation()
    folder = Path(__file__).parent / "demo" / "host"
    page = [sys.executable, "-m", "http.server", "8001", "--bind", "127.0.0.1", "--directory", str(folder)]
    sys.exit(supervisor.installation(page if demo_host else None).run())
