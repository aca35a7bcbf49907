"""Intercom conversations, tickets, contacts in; messages, tickets, people, ratings out."""

from __future__ import annotations

from ingest.sources.intercom.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
