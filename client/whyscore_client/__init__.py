"""Send answers to Whyscore, read what they say, verify its webhooks and sign who is answering."""

from whyscore_client.client import Whyscore
from whyscore_client.errors import Refused, Unreachable, Unverified, WhyscoreError
from whyscore_client.tokens import respondent_token
from whyscore_client.webhooks import verify

__all__ = ["Refused", "Unreachable", "Unverified", "Whyscore", "WhyscoreError", "respondent_token", "verify"]
