"""HubSpot records (JSON of the CRM and e-mail APIs, CSV exports) in; rows out."""

from __future__ import annotations

from ingest.sources.hubspot.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
