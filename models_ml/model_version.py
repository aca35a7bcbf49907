"""Name a model by what made it: the same data and settings give the same version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

import polars as pl
import sklearn


def model_version(
    as_of: datetime | None, settings: Mapping[str, object], frames: list[pl.DataFrame]
) -> str:
    """Return ``<date>-<12 hex>`` from the settings and the content of sorted frames.

    Parameters
    ----------
    as_of
        Date of the model; None (no data at all) reads ``none``.
    settings
        Everything but the data that the fit depends on; must be plain enough for JSON.
    frames
        Training data, sorted by key by the caller.
    """
    digest = hashlib.sha256()
    recipe = {"settings": settings, "scikit-learn": sklearn.__version__}
    digest.update(json.dumps(recipe, sort_keys=True, default=str).encode())
    for frame in frames:
        # CSV is slower than a hash of the buffers, but the same in every Polars version
        digest.update(frame.write_csv(None).encode())
    day = f"{as_of:%Y%m%d}" if as_of else "none"
    return f"{day}-{digest.hexdigest()[:12]}"
