"""Call detail records of Asterisk (CSV without header) in, phone interactions out."""

from __future__ import annotations

from ingest.sources.asterisk_cdr.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
