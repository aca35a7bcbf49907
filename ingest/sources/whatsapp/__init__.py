"""A chat exported from WhatsApp, ``_chat.txt`` or ``.zip``, in; messages, files, people out."""

from __future__ import annotations

from ingest.sources.whatsapp.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
