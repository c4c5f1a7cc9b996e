"""What gunicorn and the flask command load."""

import logging.config
import sys
from pathlib import Path

from app import create_app, logs
from app.config import SettingsError
from app.models.engines import UnsafeDatabaseError

# The command line works in the background: its statements may take longer than a page's.
role = "jobs" if "flask" in Path(sys.argv[0]).parts[-2:] else "web"

try:
    app = create_app(role=role)
except (SettingsError, UnsafeDatabaseError) as error:
    sys.exit(f"Whyscore cannot start. {error}")

logging.config.dictConfig(logs.settings(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"]))
