"""Redaction: what a survey takes out of comments."""

from __future__ import annotations

import click

from app.analysis.text.redact import KINDS
from app.cli.common import needs_database, progress_bars


@click.command("redact")
@click.argument("key")
@click.option("--kind", "kinds", metavar="KIND,…", help=f"Of {', '.join(KINDS)}; all or none of them.")
@click.option("--apply-to-stored", is_flag=True, help="Also take it out of what is stored, for good.")
@needs_database
def redact(key: str, kinds: str | None, apply_to_stored: bool) -> None:
    """Take personal data out of comments before they are stored; without options show what."""
    from app.services import redaction, surveys

    changed = surveys.get(key) if kinds is None else redaction.configure(key, _kinds(kinds))
    click.echo(f"redacts\t{','.join(changed.redacts) or 'none'}")
    if apply_to_stored:
        _apply(key)


def _kinds(text: str) -> list[str]:
    named = [name.strip() for name in text.split(",") if name.strip()]
    return {"all": list(KINDS), "none": []}.get(text.strip(), named)


def _apply(key: str) -> None:
    from app.services import backups, stored_redaction

    with progress_bars() as progress:
        redacted = stored_redaction.apply_to_stored(key, progress)
    click.echo(f"comments\t{redacted.comments}\nearlier versions\t{redacted.earlier}")
    if (redacted.comments or redacted.earlier) and (known := backups.known()):
        click.echo("These copies were made before and still hold what was taken out:")
        click.echo("\n".join(f"  {file}" for file in known))
