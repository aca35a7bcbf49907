"""Answers of Twilio's Conversations API in; messages, media, contacts and agents out."""

from __future__ import annotations

from ingest.sources.twilio_conversations.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
