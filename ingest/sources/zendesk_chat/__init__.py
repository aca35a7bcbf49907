"""Zendesk Chat conversations in; messages, visitors, agents, ratings and attachments out."""

from __future__ import annotations

from ingest.sources.zendesk_chat.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
