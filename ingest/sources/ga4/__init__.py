"""Google Analytics 4 events (BigQuery export, one JSON object a line) in; web events, carts out."""

from __future__ import annotations

from ingest.sources.ga4.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
