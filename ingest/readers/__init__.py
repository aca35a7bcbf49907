"""Tabular files of any of six formats in; frames of source columns out, in bounded memory."""

from __future__ import annotations

from ingest.readers.table_chunk import TableChunk, TableRequest

__all__ = ["TableChunk", "TableRequest"]
