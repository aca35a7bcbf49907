"""Answers of Twilio's Calls and Recordings API in, phone interactions and recordings out."""

from __future__ import annotations

from ingest.sources.twilio.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
