"""Keys with which a host signs who is answering."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option

signing_key = AppGroup("signing-key", help="Keys with which a host signs who is answering.")


@signing_key.command("create")
@survey_option
@click.option(
    "--for", "kind", type=click.Choice(["app", "mail"]), default="app", show_default=True,
    help="What it signs: frames (an hour) or links in mails (a week).",
)  # fmt: skip
@needs_database
def create(key: str, kind: str) -> None:
    """Make a signing key beside the one in use; its secret is shown once."""
    from app.services import signing_keys, surveys

    made = signing_keys.create(surveys.get(key), kind)
    click.echo(f"kid {made.kid}\nsecret {made.secret}")


@signing_key.command("list")
@survey_option
@needs_database
def list_keys(key: str) -> None:
    """List the signing keys, without their secrets."""
    from app.services import signing_keys, surveys

    for one in signing_keys.of(surveys.get(key)):
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in use"
        click.echo(f"{one.kid}\t{one.kind}\t{one.created_at:%Y-%m-%d}\t{state}")


@signing_key.command("revoke")
@survey_option
@click.argument("kid")
@needs_database
def revoke(key: str, kid: str) -> None:
    """End a signing key at once."""
    from app.services import signing_keys, surveys

    click.echo(f"Revoked {signing_keys.revoke(surveys.get(key), kid).kid}.")
