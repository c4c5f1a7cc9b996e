"""Report, pain points and quotes over stdio, for programs that speak the Model Context Protocol."""

from __future__ import annotations

import os
import sys

import click

from app.cli.common import needs_database

KEY = "WHYSCORE_KEY"
VERSION = "1"  # of what the tools are called and given


@click.command("mcp")
@click.option("--survey", "surveys_", multiple=True, metavar="KEY", help="A survey that may be read (repeat it).")
@needs_database
def mcp(surveys_: tuple[str, ...]) -> None:
    """Serve MCP over stdio, read-only: for the surveys named, or for that of the API key in WHYSCORE_KEY."""
    from app.mcp import tools
    from app.mcp.protocol import Server

    key = os.environ.get(KEY, "")
    if bool(key) == bool(surveys_):
        raise click.UsageError(f"Name the surveys with --survey, or give an API key in {KEY}; one of both.")
    caller = tools.Caller(surveys_, key)
    caller.allowed("start")
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing but answers may get into the stream of answers
    Server(VERSION, tools.INSTRUCTIONS, tools.every(caller)).serve(sys.stdin.buffer, out)
