"""Intercom conversations (list, page, one a line) in; messages, contacts, agents, ratings out."""

from __future__ import annotations

from ingest.sources.intercom.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
