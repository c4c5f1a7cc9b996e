"""The commands of `flask --app wsgi`. Each says what it did, and ends with status 1 when something was left undone."""

from __future__ import annotations

from flask import Flask

from app.cli.access import key, user
from app.cli.analyses import analyse, analyses
from app.cli.auditing import audit
from app.cli.backups import backup, restore
from app.cli.cases import case
from app.cli.catalogue import catalogue
from app.cli.channels import channel
from app.cli.copying import copy_to
from app.cli.departments import department
from app.cli.erasing import erase
from app.cli.importing import bring_in
from app.cli.keeping import retention
from app.cli.mcp import mcp
from app.cli.quarantine import quarantine
from app.cli.reasons import explain
from app.cli.reports import evaluate, pain_points, report
from app.cli.responses import export
from app.cli.running import demo, doctor, jobs, up
from app.cli.signing import signing_key
from app.cli.sources import source
from app.cli.surveys import survey
from app.cli.telling import alert, digest

COMMANDS = (
    survey,
    user,
    key,
    signing_key,
    channel,
    bring_in,
    source,
    analyse,
    analyses,
    catalogue,
    department,
    quarantine,
    alert,
    digest,
    case,
    explain,
    report,
    export,
    mcp,
    pain_points,
    evaluate,
    erase,
    retention,
    audit,
    backup,
    restore,
    copy_to,
    demo,
    doctor,
    jobs,
    up,
)


def register(app: Flask) -> None:
    """Add the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
