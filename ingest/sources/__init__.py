"""The name of a format in; the parser that reads it out. Parsers are imported when used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source

Parse = Callable[[Path, Source], Iterator[Parsed]]

TABULAR_FORMATS = ("csv", "tsv", "parquet", "json", "jsonl", "xlsx")
NATIVE_FORMATS = (
    "email",
    "intercom", "slack", "zendesk", "zendesk_chat", "whatsapp", "twilio_conversations",
    "asterisk_cdr", "twilio",
    "segment", "snowplow", "ga4", "access_log",
    "hubspot", "salesforce",
    "google_ads", "meta_ads", "linkedin_ads", "microsoft_ads", "ecb_rates",
    "fivetran.hubspot", "fivetran.salesforce", "fivetran.zendesk",
)  # fmt: skip

COLUMNAR_FORMATS = frozenset((*TABULAR_FORMATS, "segment", "snowplow", "access_log"))
"""Formats of which whole chunks are parsed by a library that leaves the interpreter to others."""

_MODULES = {
    **{name: f"ingest.sources.{name}" for name in NATIVE_FORMATS},
    **dict.fromkeys(TABULAR_FORMATS, "ingest.sources.tabular"),
}


def _parser(name: str) -> Parse:
    def parse(path: Path, source: Source) -> Iterator[Parsed]:
        chunks: Iterator[Parsed] = import_module(_MODULES[name]).parse(path, source)
        return chunks

    return parse


FORMATS: dict[str, Parse] = {name: _parser(name) for name in _MODULES}
"""Every format there is."""


def known_options(name: str) -> Options:
    """Return what the options of a native format may hold."""
    options: Options = import_module(_MODULES[name]).OPTIONS
    return options
