"""OAuth client settings in, access tokens out.

Grants: ``refresh_token`` if there is one, else ``client_credentials``. Tokens are kept in memory
and renewed a minute before they end; a refresh token that the server replaces is not kept, since
nothing secret is written anywhere.
"""

from __future__ import annotations

import time

from ingest.collect.errors import AccessRefused, UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.rest.client import Client, RequestRefused
from ingest.collect.secret import Secret
from ingest.source import Collect

_RENEW_BEFORE_S = 60.0
_ASSUMED_LIFE_S = 900.0
"""Salesforce does not say how long a token lives; the shortest that can be set is 15 minutes."""


class AccessTokens:
    """Access tokens of one client.

    Parameters
    ----------
    settings
        With ``client_id`` and the secrets ``client_secret``, ``refresh_token``; ``scope`` is what
        is asked for if not all that the client was set up with.
    token_url
        Where they are given out.
    """

    def __init__(
        self, settings: Collect, token_url: str, patience: Patience, ca_file: str | None = None
    ) -> None:
        self._settings = settings.settings
        self._secrets = {key: Secret(variable) for key, variable in settings.secrets.items()}
        self._token_url = token_url
        secrets = tuple(self._secrets.values())
        self._client = Client(token_url, lambda _: {}, secrets, patience, ca_file=ca_file)
        self._token = ""
        self._ends_at = 0.0

    def current(self, *, is_refused: bool = False) -> str:
        """Return a token that is valid now.

        Parameters
        ----------
        is_refused
            The last token was not accepted: get another one.

        Raises
        ------
        AccessRefused, Unreachable, UnexpectedAnswer
            If there is none to be had.
        """
        if is_refused or not self._token or time.monotonic() > self._ends_at:
            try:
                answer = self._client.post_form(self._token_url, self._form())
            except RequestRefused as refused:
                names = ", ".join(secret.variable for secret in self._secrets.values())
                raise AccessRefused(f"{refused}; check {names}") from None
            token = answer.get("access_token")
            if not isinstance(token, str) or not token:
                raise UnexpectedAnswer(f"{self._token_url} gave no access_token")
            self._token = token
            self._ends_at = time.monotonic() + _life_s(answer.get("expires_in")) - _RENEW_BEFORE_S
        return self._token

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _form(self) -> dict[str, str]:
        form = {"client_id": str(self._settings["client_id"])}
        if "client_secret" in self._secrets:
            form["client_secret"] = self._secrets["client_secret"].reveal()
        if "refresh_token" in self._secrets:
            form["refresh_token"] = self._secrets["refresh_token"].reveal()
            form["grant_type"] = "refresh_token"
        else:
            form["grant_type"] = "client_credentials"
        if "scope" in self._settings:
            form["scope"] = str(self._settings["scope"])
        return form


def _life_s(expires_in: object) -> float:
    try:
        return float(str(expires_in))
    except ValueError:
        return _ASSUMED_LIFE_S
