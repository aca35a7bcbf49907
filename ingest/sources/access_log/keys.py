"""The fields of a request; how JSON access logs name them, out."""

from __future__ import annotations

import json
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

_FIRST = "[0]"

_NAMES = tuple(name for names in KEYS.values() for name in names)


def _paths(name: str) -> tuple[str, ...]:
    """Return where a name may stand: as it is, and nested at its dots."""
    bare = name.removesuffix(_FIRST)
    first = name[len(bare) :]
    quoted = ".".join(json.dumps(part) for part in bare.split("."))
    return tuple(dict.fromkeys((f"$.{json.dumps(bare)}{first}", f"$.{quoted}{first}")))


PLACES = {name: _paths(name) for name in _NAMES}
PATHS = [path for paths in PLACES.values() for path in paths]


def columns_patch() -> str:
    """Return a merge patch that takes out of a line what becomes a column."""
    patch: dict[str, Any] = {}
    for name in (each.removesuffix(_FIRST) for each in _NAMES):
        patch.setdefault(name, None)
        *outer, last = name.split(".")
        members = patch
        for part in outer:
            members[part] = members.get(part) or {}
            members = members[part]
        members.setdefault(last, None)
    return json.dumps(patch)


OBJECTS = sorted({part for name in _NAMES for part in name.split(".")[:-1]})
DEEPEST = max(name.count(".") for name in _NAMES)
