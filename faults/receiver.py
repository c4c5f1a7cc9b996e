"""`python -m faults.receiver PORT FILE SHARE`: takes webhooks and writes each down before it answers; fails a share.

Half of the failures come before anything was taken, half after: the sender must try again in both cases.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def serve(port: int, file: Path, share: float) -> None:
    """Serve until killed."""
    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    moments = random.Random()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode(errors="replace")
            if len(body.encode()) < length:  # whoever sends was killed in the middle
                return
            fate = moments.random()
            if fate >= share / 2:
                line = {"at": time.time(), "headers": dict(self.headers.items()), "body": body}
                os.write(log, json.dumps(line).encode() + b"\n")
            self.send_response(500 if fate < share else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
