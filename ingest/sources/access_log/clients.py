"""Client addresses as servers and proxies write them in; the address alone, and its port, out."""

from __future__ import annotations

import polars as pl

IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}"
IPV6 = rf"(?:[0-9A-Fa-f]{{1,4}}:){{7}}[0-9A-Fa-f]{{1,4}}|[0-9A-Fa-f:]*::[0-9A-Fa-f:]*(?:{IPV4})?"
"""Eight groups, or fewer with ``::``; a time has colons, too."""
PORT = r":\d{1,5}"

IS_CLIENT = rf"^(?:(?:{IPV4})(?:{PORT})?|(?:{IPV6})(?:%\w+)?|\[(?:{IPV6})\](?:{PORT})?)$"
"""An address as a log may state it."""

_WITH_PORT = rf"^({IPV4}){PORT}$|^\[({IPV6})(?:%\w+)?\](?:{PORT})?$"
_MAPPED = rf"(?i)^::ffff:({IPV4})$"


def with_bare_clients(entries: pl.DataFrame) -> pl.DataFrame:
    """Take ports and brackets off ``ip``, and add ``client_port``.

    Azure's gateways, and servers written in Go, state the port of every connection: with it, each
    would be a visitor. A socket of both kinds shows an IPv4 address as ``::ffff:203.0.113.7``.
    """
    parts = pl.col("ip").str.extract_groups(_WITH_PORT)
    bare = pl.coalesce(parts.struct.field("1"), parts.struct.field("2"))
    port = pl.when(bare.is_not_null()).then(pl.col("ip").str.extract(r":(\d{1,5})$"))
    bare = pl.coalesce(bare, "ip")
    return entries.with_columns(ip=pl.coalesce(bare.str.extract(_MAPPED), bare), client_port=port)
