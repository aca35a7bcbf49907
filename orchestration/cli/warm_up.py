"""Imports that the job will need, done while something else is being waited for."""

from __future__ import annotations

# before Dagster, as in orchestration.definitions, which says why
import skops.io  # noqa: F401

import dagster  # noqa: F401  # isort: skip
import great_expectations  # noqa: F401
import sklearn.linear_model  # noqa: F401
