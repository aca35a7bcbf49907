"""``sources.yml`` in; the company and its sources, checked, out."""

from __future__ import annotations

from ingest.config.read import Config, read_config

__all__ = ["Config", "read_config"]
