"""How gunicorn runs Whyscore. Reasons: docs/operations.md."""

import gc
import os
import shutil
import signal

from app import logs
from app.config import load

settings = load()

counters = settings["DATA_DIR"] / "metrics"  # the processes count together; set before anything counts
shutil.rmtree(counters, ignore_errors=True)
counters.mkdir(parents=True, mode=0o700)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counters)

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = settings["WEB_THREADS"]
preload_app = True
control_socket_disable = True
forwarder_headers = ""
max_requests = 20_000
max_requests_jitter = 2_000
graceful_timeout = 30
limit_request_line = 8_190
accesslog = None  # the application writes a line for each request, with its route and without what names people
logconfig_dict = logs.settings(settings["LOG_LEVEL"], settings["LOG_FORMAT"])


def when_ready(server):
    """Refuse to serve from a database that would not keep its promises."""
    from app.services import installation

    with server.app.wsgi().app_context():
        problems = installation.problems()
    if problems:
        for problem in problems:
            server.log.error("Cannot start: %s", problem)
        server.halt(reason="the installation is not safe to run", exit_status=3)
    gc.collect()
    gc.freeze()  # else every worker would look through all that was imported now and then, and pause for 0.1 s
    server.log.info("Ready: %s", settings["BASE_URL"])


def post_fork(server, worker):
    """Connections and locks of the parent are not shared: each worker opens its own."""
    from app.extensions import db
    from app.services import facts, loads

    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
    worker.loads = loads.Writer(app)
    worker.loads.start()
    facts.fetch_ahead(app)


def worker_exit(server, worker):
    """Write the loads that were counted since the last time."""
    if hasattr(worker, "loads"):
        worker.loads.stop()


def post_worker_init(worker):
    """Ctrl-C reaches the whole process group; only the master acts on it, for a worker told twice may hang."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
