"""A webhook of one API in; what its endpoint has in common with those of other APIs out."""

from __future__ import annotations

from ingest.collect.listen.exchange import Request
from ingest.collect.listen.webhook import Webhook


class Callback:
    """The one address that an API calls, and signs its calls to; browsers call none of them.

    A subclass has ``max_bytes``, as large as the API's own requests can be, and ``receive``.
    """

    status_too_large = 413
    origins: frozenset[str] = frozenset()

    def __init__(self, webhook: Webhook) -> None:
        self.webhook = webhook

    def called(self, request: Request) -> str:
        """Return the whole address of a request, which some APIs sign."""
        return self.webhook.public_url + (f"?{request.query}" if request.query else "")
