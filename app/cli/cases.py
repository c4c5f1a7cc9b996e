"""Cases: what is left to follow up, and writing down what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option
from app.cli.quarantine import WHO
from app.schemas import cases as schema

if TYPE_CHECKING:
    from app.services.cases import CaseView

case = AppGroup("case", help="Detractors, or low scores of CSAT and CES, to be followed up.")
number = click.argument("number", type=click.IntRange(1))


@case.command("list")
@survey_option
@click.option("--state", type=click.Choice(schema.SHOWN), default="unclosed", show_default=True)
@click.option("--assignee", metavar="EMAIL", help="Of somebody; a dash for nobody's.")
@click.option("--department", metavar="NAME", help="Of a department; a dash for none.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--sort", type=click.Choice(["due", "oldest", "newest", "score"]), default="due", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
@needs_database
def list_cases(key: str, limit: int, **filters: Any) -> None:
    """List cases: number, state, due, overdue or not, assignee, department, score, comment."""
    from app.models import now
    from app.services import cases, surveys

    for one in cases.part(surveys.get(key), schema.CaseFilters(**filters), now(), limit).cases:
        click.echo("\t".join(_cells(one)))


def _cells(one: CaseView) -> tuple[str, ...]:
    due = one.due_on.isoformat() if one.due_on else "-"
    whose = (one.assignee or "-", one.department or "-")
    return (
        str(one.id),
        one.state,
        due,
        "overdue" if one.is_overdue else "-",
        *whose,
        str(one.score),
        _plain(one.comment),
    )


def _plain(text: str | None) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text or "")


@case.command("show")
@number
@survey_option
@needs_database
def show(key: str, number: int) -> None:
    """Show a case with everything that was done and said in it."""
    from app.models import now
    from app.services import cases, surveys

    file = cases.one(surveys.get(key), number, now())
    click.echo("\t".join(_cells(file.case)))
    for entry in file.entries:
        changes = ", ".join(f"{name}: {value or '-'}" for name, value in entry.changes.items())
        said = [changes, "in touch" if entry.is_contact else "", _plain(entry.note)]
        click.echo("\t".join((entry.made_at.isoformat(), entry.made_by, "; ".join(filter(None, said)))))


@case.command("change")
@number
@survey_option
@click.option("--state", help="open, in progress, or closed.")
@click.option("--reason", help="Why it is closed: solved, no answer, or nothing to do.")
@click.option("--assignee", metavar="EMAIL", help="Who sees to it; nothing for nobody.")
@click.option("--department", metavar="NAME", help="Whose it is; nothing for none.")
@click.option("--due-on", metavar="DAY", help="Such as 2026-11-30; nothing for no day.")
@click.option("--note", help="Kept for good beside what was written before.")
@click.option("--contact", is_flag=True, help="Somebody was in touch with the person.")
@needs_database
def change(key: str, number: int, contact: bool, **options: str | None) -> None:
    """Change a case, and add a note."""
    from app.services import case_changes, surveys

    given = {name: value or None for name, value in options.items() if value is not None}
    values = schema.read(given | ({"contact": "true"} if contact else {}))
    file = case_changes.change(surveys.get(key), WHO, number, values)
    click.echo(f"Case {number} is {file.case.state}.")


@case.command("figures")
@survey_option
@needs_database
def figures(key: str) -> None:
    """How follow-up goes: now, and over the cases opened in the last 90 days."""
    from app.models import now
    from app.services import cases, surveys

    found = cases.figures(surveys.get(key), now())
    recent = found.recent
    rows = (
        ("unclosed", found.unclosed),
        ("overdue", found.overdue),
        ("opened", recent.n),
        ("followed up", recent.followed_up),
        ("median to contact", "-" if recent.to_contact is None else recent.to_contact),
        ("median to close", "-" if recent.to_close is None else recent.to_close),
    )
    for name, value in rows:
        click.echo(f"{name}\t{value}")
