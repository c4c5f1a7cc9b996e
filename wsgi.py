"""What gunicorn and the flask command load."""

import sys

from app import create_app
from app.config import SettingsError
from app.models.engines import UnsafeDatabaseError

try:
    app = create_app()
except (SettingsError, UnsafeDatabaseError) as error:
    sys.exit(f"Whyscore cannot start. {error}")
