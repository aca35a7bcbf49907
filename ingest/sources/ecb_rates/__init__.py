"""Euro reference rates of the European Central Bank in; ``fx_rate`` rows from EUR out."""

from __future__ import annotations

from ingest.sources.ecb_rates.reading import OPTIONS, parse

__all__ = ["OPTIONS", "parse"]
