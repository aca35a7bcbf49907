"""Figures, each beside its peer or its limit; JSON on standard output and in ``results/``."""

import ingest  # noqa: F401 - first, for it says how Polars' memory is used, in the product as here
