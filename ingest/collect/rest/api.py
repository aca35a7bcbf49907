"""Settings of an HTTP source in; the client that asks its API, authorised, out."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from ingest.collect.patience import Patience
from ingest.collect.rest.client import MAX_RESPONSE_BYTES, Client, Headers
from ingest.collect.secret import Secret
from ingest.source import Collect


def client(
    settings: Collect,
    patience: Patience,
    base_url: str,
    headers: Headers,
    *,
    setting: str = "base_url",
) -> Client:
    """Return a client.

    Parameters
    ----------
    base_url
        Where the API is if ``setting`` does not say otherwise.
    """
    given = settings.settings
    return Client(
        str(given.get(setting, base_url)),
        headers,
        tuple(Secret(variable) for variable in settings.secrets.values()),
        patience,
        ca_file=given.get("ca_file"),
        timeout_s=float(given.get("timeout_s", 60)),
        max_response_bytes=int(given.get("max_response_bytes", MAX_RESPONSE_BYTES)),
    )


def token_headers(settings: Collect, more: Mapping[str, str] | None = None) -> Headers:
    """Return what authorises by a Bearer token."""
    secret = Secret(settings.secrets["token"])
    return lambda is_refused: {"Authorization": f"Bearer {secret.reveal_token()}", **(more or {})}


def basic_headers(settings: Collect, user: str) -> Headers:
    """Return what authorises by a user and the token as its password."""
    secret = Secret(settings.secrets["token"])

    def headers(is_refused: bool) -> Mapping[str, str]:
        pair = base64.b64encode(f"{user}:{secret.reveal()}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    return headers
