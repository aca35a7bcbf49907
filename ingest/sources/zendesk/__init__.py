"""Zendesk Support JSON in; tickets, their events and messages, people, accounts, ratings out."""

from __future__ import annotations

from ingest.sources.zendesk.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
