"""Signed webhooks: the exact bytes, under the three headers of Standard Webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from app.notifiers.addresses import Policy
from app.notifiers.posting import post
from app.notifiers.results import NotSent, Parcel, Sent


@dataclass(frozen=True, slots=True)
class Webhook:
    """Sends what programs read."""

    policy: Policy

    def send(self, parcel: Parcel) -> Sent | NotSent:
        """Sign it for this moment and post it."""
        headers = {"Content-Type": "application/json", **_signed(parcel, datetime.now(UTC))}
        return post(parcel.address, headers, parcel.body, self.policy)


def _signed(parcel: Parcel, at: datetime) -> dict[str, str]:
    """While a secret is being rotated both sign, so that a receiver may know either."""
    text = parcel.body.decode()
    signatures = [Signer(secret).sign(parcel.id, at, text) for secret in parcel.secrets]
    return {
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
