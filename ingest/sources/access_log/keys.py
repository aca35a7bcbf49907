"""The fields of a request; how JSON access logs name them, out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

KEYS: dict[str, tuple[str, ...]] = {
    "ip": (
        "remote_addr", "client_ip", "clientip", "remote_ip", "remoteIP", "remote_host", "ip",
        "client.ip", "client.address", "source.ip", "source.address",
        "request.client_ip", "request.remote_ip", "request.remote_addr", "ClientHost",
    ),
    # Traefik's time is when the line was written
    "at": (
        "time_iso8601", "@timestamp", "StartUTC", "StartLocal", "timestamp", "time", "datetime",
        "time_local", "msec", "ts",
    ),
    "request": ("request", "request_line"),
    "method": (
        "request_method", "method", "verb", "http.request.method", "request.method",
        "RequestMethod",
    ),
    "requested_uri": ("request_uri", "url.original", "url.full", "request.uri", "RequestPath"),
    # nginx's $uri is what a rewrite made of it, and Logstash's path is the file of the log
    "uri": ("uri", "url.path", "path", "url"),
    "query": ("args", "query_string", "query", "url.query"),
    "status": (
        "status", "status_code", "response", "http.response.status_code", "DownstreamStatus",
    ),
    "bytes_sent": (
        "body_bytes_sent", "bytes_sent", "bytes", "size", "http.response.body.bytes",
        "http.response.bytes", "DownstreamContentSize",
    ),
    "referrer": (
        "http_referer", "http_referrer", "referer", "referrer", "http.request.referrer",
        "request.headers.Referer[0]", "request_Referer",
    ),
    "user_agent": (
        "http_user_agent", "user_agent", "userAgent", "useragent", "agent", "user_agent.original",
        "request.headers.User-Agent[0]", "request_User-Agent",
    ),
    "remote_user": ("remote_user", "user", "user.name", "ClientUsername"),
}  # fmt: skip
"""Names of each field, the most telling first; of a header that Caddy lists the first value."""

EDGE_KEYS: dict[str, tuple[str, ...]] = {
    "ip": ("ClientIP", "httpRequest.remoteIp"),
    "at": ("EdgeStartTimestamp",),
    "method": ("ClientRequestMethod", "httpRequest.requestMethod"),
    "requested_uri": ("ClientRequestURI", "httpRequest.requestUrl"),
    "status": ("EdgeResponseStatus", "httpRequest.status"),
    "bytes_sent": ("EdgeResponseBytes", "httpRequest.responseSize"),
    "referrer": ("ClientRequestReferer", "httpRequest.referer"),
    "user_agent": ("ClientRequestUserAgent", "httpRequest.userAgent"),
}
"""Names of Cloudflare and of Google's load balancers, which come last."""

OTHERWISE: dict[str, tuple[str, ...]] = {
    # Envoy's peer is the balancer before it, and the header says who came to that
    "ip": ("x_forwarded_for", "x-forwarded-for", "downstream_remote_address"),
    "at": ("start_time",),
    "method": (":method",),
    "uri": (":path", "x-envoy-origin-path"),
    "status": ("response_code",),
    "user_agent": ("user-agent",),
}
"""Names of Envoy, and so of Istio and of gateways made of it, where none of the others is there.
Elsewhere some of them say something else: they stay in the attributes, too."""

EDGE_MARKS = (
    '"ClientIP"', '"remoteIp"', '"downstream_remote_address"', '"x_forwarded_for"',
    '"x-forwarded-for"',
)  # fmt: skip
"""What is in a line in which these names may be. To look for all of them in every line would take
a third longer."""

_FIRST = "[0]"


def _paths(name: str) -> tuple[str, ...]:
    """Return where a name may stand: as it is, and nested at its dots."""
    bare = name.removesuffix(_FIRST)
    first = name[len(bare) :]
    quoted = ".".join(json.dumps(part) for part in bare.split("."))
    return tuple(dict.fromkeys((f"$.{json.dumps(bare)}{first}", f"$.{quoted}{first}")))


@dataclass(frozen=True)
class Names:
    """Where the fields of a request may stand in an object.

    Parameters
    ----------
    keys
        Names of each field, which become columns.
    otherwise
        Names that are asked last, and are kept.
    """

    keys: dict[str, tuple[str, ...]]
    otherwise: dict[str, tuple[str, ...]]

    @cached_property
    def places(self) -> dict[str, tuple[str, ...]]:
        """Paths of each name."""
        asked = (*self.keys.values(), *self.otherwise.values())
        return {name: _paths(name) for names in asked for name in names}

    @cached_property
    def paths(self) -> list[str]:
        """All paths."""
        return [path for paths in self.places.values() for path in paths]

    @cached_property
    def patch(self) -> str:
        """A merge patch that takes out of a line what becomes a column."""
        patch: dict[str, Any] = {}
        for name in (each.removesuffix(_FIRST) for each in self._columns):
            patch.setdefault(name, None)
            *outer, last = name.split(".")
            members = patch
            for part in outer:
                members[part] = members.get(part) or {}
                members = members[part]
            members.setdefault(last, None)
        return json.dumps(patch)

    @cached_property
    def objects(self) -> list[str]:
        """Objects that hold columns."""
        return sorted({part for name in self._columns for part in name.split(".")[:-1]})

    @cached_property
    def deepest(self) -> int:
        """How deep they nest."""
        return max(name.count(".") for name in self._columns)

    @cached_property
    def _columns(self) -> list[str]:
        return [name for names in self.keys.values() for name in names]


USUAL = Names(KEYS, {})
OF_EDGES = Names(
    {field: names + EDGE_KEYS.get(field, ()) for field, names in KEYS.items()}, OTHERWISE
)
