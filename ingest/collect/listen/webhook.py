"""One source that is received: its address, its secret and what its sender may do."""

from __future__ import annotations

from dataclasses import dataclass, field

EVENTS_PER_SECOND = 5_000.0
"""More than a process can store: by default the limit keeps a client that has gone wild from
taking the turns of all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One source that is received.

    Parameters
    ----------
    path
        Where it is received; for Segment the prefix, e.g. ``/v1``.
    events_per_second
        What the sender may send on average.
    origins
        Web sites whose pages may send (CORS), e.g. ``https://shop.example``.
    keep_ip
        Whether the sender's address is added to events that have none.
    public_url
        The address under which Twilio or HubSpot calls, which it signs.
    channels
        Names by id of Slack channels.
    """

    source: str
    api: str
    path: str
    secret: bytes = field(repr=False)
    events_per_second: float = EVENTS_PER_SECOND
    origins: tuple[str, ...] = ()
    keep_ip: bool = False
    public_url: str = ""
    channels: dict[str, str] = field(default_factory=dict)
