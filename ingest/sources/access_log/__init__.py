"""Access log of a web server (Apache, nginx) in, ``web_event`` requests out."""

from __future__ import annotations

from ingest.sources.access_log.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
