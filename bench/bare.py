"""The yardstick of capture: the least Flask and a database can do for a durable answer. One insert, one redirect."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3
from flask import Flask, redirect, request

app = Flask(__name__)
URL = os.environ.get("DATABASE_URL", "")
FILE = Path(os.environ["DATA_DIR"]) / "bare.db"
local = threading.local()


def connection() -> Any:
    """A connection for each thread, as durable as ours."""
    if not hasattr(local, "connection"):
        local.connection = _postgresql() if URL else _sqlite()
    return local.connection


def _sqlite() -> Any:
    opened = pysqlite3.connect(str(FILE), timeout=10, isolation_level=None)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    opened.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, score INTEGER)")
    return opened


def _postgresql() -> Any:
    opened = psycopg.connect(URL.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    opened.execute("SELECT pg_advisory_lock(1)")  # two that make the same table at once would collide
    opened.execute("CREATE TABLE IF NOT EXISTS bare_answer (id bigserial PRIMARY KEY, score integer)")
    opened.execute("SELECT pg_advisory_unlock(1)")
    return opened


@app.post("/answer")
def answer():
    """Insert and redirect."""
    score = int(request.form["score"])
    if URL:
        connection().execute("INSERT INTO bare_answer (score) VALUES (%s)", (score,))
    else:
        connection().execute("INSERT INTO answer (score) VALUES (?)", (score,))
    return redirect("/thanks", 303)


@app.get("/healthz")
def healthz():
    """Up."""
    connection()
    return "ok"
