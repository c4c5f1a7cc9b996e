"""Suspicious answers: what waits, and counting it after all."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option

WHO = "command line"

quarantine = AppGroup("quarantine", help="Suspicious answers, which wait uncounted.")
ids_argument = click.argument("ids", nargs=-1, type=click.IntRange(1), metavar="ID…")
reason_option = click.option("--reason", help="Instead of ids: all that wait for this reason.")


@quarantine.command("list")
@survey_option
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
@needs_database
def list_quarantine(key: str, limit: int) -> None:
    """List suspicious answers, the newest first: id, time, reason, counted or waiting, score, comment."""
    from app.services import quarantine, surveys

    for one in quarantine.listed(surveys.get(key), limit):
        state = "counted" if one.counts else "waiting"
        words = "".join(letter if letter.isprintable() else " " for letter in one.comment or "")
        cells = (str(one.id), one.created_at.isoformat(), one.quarantine, state, str(one.score), words)
        click.echo("\t".join(cells))


@quarantine.command("include")
@ids_argument
@survey_option
@reason_option
@needs_database
def include(key: str, ids: Sequence[int], reason: str | None) -> None:
    """Count suspicious answers in all numbers."""
    _decide(key, "include", ids, reason)


@quarantine.command("exclude")
@ids_argument
@survey_option
@reason_option
@needs_database
def exclude(key: str, ids: Sequence[int], reason: str | None) -> None:
    """Take included answers out of all numbers again."""
    _decide(key, "exclude", ids, reason)


def _decide(key: str, decision: str, ids: Sequence[int], reason: str | None) -> None:
    from app.services import quarantine, surveys

    changed = quarantine.decide(surveys.get(key), WHO, decision, ids=ids, reason=reason)
    click.echo(f"{decision.capitalize()}d {changed} answer{'' if changed == 1 else 's'}.")
