"""Mail in mbox, Maildir or single files in; interactions and attachments out."""

from __future__ import annotations

from ingest.sources.email.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
