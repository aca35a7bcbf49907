"""Segment calls, one JSON object a line, in; ``web_event`` rows and alias identifiers out."""

from __future__ import annotations

from ingest.sources.segment.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
