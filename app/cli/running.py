"""The installation: the demo, the checks, and what runs until it is stopped."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from app import ports
from app.cli.common import needs_database, progress_bars

HOST_PORT = 8001


@click.command("demo")
@click.option("--host-origin", default=f"http://127.0.0.1:{HOST_PORT}", show_default=True, help="Who may embed it.")
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


def _check_installation(*, needs_queue: bool = True) -> None:
    from app.services import engines, installation

    problems = installation.problems() or (engines.problems() if needs_queue else [])
    for problem in problems:
        click.echo(f"✗ {problem}", err=True)
    if problems:
        sys.exit(1)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what stands against running, with status 1, or that nothing does."""
    from app.services import audit_log, engines

    _check_installation()
    click.echo("✓ Nothing stands against running.")
    for line in engines.told():
        click.echo(f"  {line}")
    for warning in engines.warnings():
        click.echo(f"! {warning}", err=True)
    if link := audit_log.newest():
        click.echo(f"  Newest link of the audit log: {link}")


@click.command("jobs")
@with_appcontext
def jobs() -> None:
    """Run the work behind the pages until stopped."""
    from app import jobs as table

    _check_installation(needs_queue=False)  # comments are read without it, and it is looked for again
    table.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("up")
@click.option(
    "--demo-host",
    "port",
    type=int,
    is_flag=False,
    flag_value=HOST_PORT,
    metavar="[PORT]",
    help=f"Also serve the demo's host page, on another origin: port {HOST_PORT} or another.",
)
@with_appcontext
def up(port: int | None) -> None:
    """Web and jobs as one process group, until Ctrl-C."""
    from app import supervisor

    _check_ports(port)
    _check_installation()
    page = _host_page(port) if port else None
    sys.exit(supervisor.installation(page).run())


def _check_ports(host_port: int | None) -> None:
    """Say so before anything starts: what falls over a taken port falls again and again."""
    bind = os.environ.get("BIND", "127.0.0.1:8000")
    if ports.taken(bind):
        raise click.ClickException(
            f"{bind} is taken by another program. Stop that, or choose another port with two lines in .env:\n"
            "BIND=127.0.0.1:8010\nBASE_URL=http://127.0.0.1:8010"
        )
    if host_port and ports.taken(f"127.0.0.1:{host_port}"):
        raise click.ClickException(
            f"127.0.0.1:{host_port}, for the demo's host page, is taken by another program. "
            "Stop that, or choose another port: make run HOST_PORT=8011"
        )


def _host_page(port: int) -> list[str]:
    from app.services import demo as demos

    folder = demos.write_host_page()
    return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
