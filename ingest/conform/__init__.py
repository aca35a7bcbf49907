"""Rows of one entity as a parser or mapping gave them in; rows of ``raw.<entity>`` out.

A row that breaks its contract comes out as a rejected record instead.
"""

from __future__ import annotations

from ingest.conform.rows import Conformed, Origin, conform

__all__ = ["Conformed", "Origin", "conform"]
