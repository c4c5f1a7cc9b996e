"""Prints a first `.env`: a fresh secret and the hosts of a single machine."""

import secrets
import sys

sys.stdout.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\nTRUSTED_HOSTS=127.0.0.1,localhost\nLOG_FORMAT=text\n")
