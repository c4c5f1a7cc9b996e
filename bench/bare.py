"""The yardstick of capture: the least that Flask and SQLite can do for a durable answer. One insert, one redirect."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pysqlite3
from flask import Flask, redirect, request

app = Flask(__name__)
FILE = Path(os.environ["DATA_DIR"]) / "bare.db"
local = threading.local()


def connection() -> pysqlite3.Connection:
    """A connection for each thread, as durable as ours."""
    if not hasattr(local, "connection"):
        local.connection = pysqlite3.connect(str(FILE), timeout=10, isolation_level=None)
        local.connection.execute("PRAGMA journal_mode=WAL")
        local.connection.execute("PRAGMA synchronous=FULL")
        local.connection.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, score INTEGER)")
    return local.connection


@app.post("/answer")
def answer():
    """Insert and redirect."""
    connection().execute("INSERT INTO answer (score) VALUES (?)", (int(request.form["score"]),))
    return redirect("/thanks", 303)


@app.get("/healthz")
def healthz():
    """Up."""
    connection()
    return "ok"
