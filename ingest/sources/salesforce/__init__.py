"""Salesforce records (CSV of Bulk API or Data Loader, JSON of REST queries) in; rows out."""

from __future__ import annotations

from ingest.sources.salesforce.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
