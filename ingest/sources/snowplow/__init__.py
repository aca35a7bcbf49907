"""Snowplow enriched events (TSV of 131 columns, no header) in; web events and purchases out."""

from __future__ import annotations

from ingest.sources.snowplow.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
