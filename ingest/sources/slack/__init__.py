"""One file of a Slack export in; messages, files, colleagues and contacts out."""

from __future__ import annotations

from ingest.sources.slack.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
