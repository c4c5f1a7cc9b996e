"""The installation: the demo, the checks, and what runs until it is stopped."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.common import needs_database, progress_bars


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
    folder = Path(current_app.root_path) / "demo" / "host"
    page = [sys.executable, "-m", "http.server", "8001", "--bind", "127.0.0.1", "--directory", str(folder)]
    sys.exit(supervisor.installation(page if demo_host else None).run())
