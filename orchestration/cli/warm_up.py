"""Imports that the job will need, done while something else is being waited for."""

from __future__ import annotations

import dagster  # noqa: F401
import great_expectations  # noqa: F401
import sklearn.linear_model  # noqa: F401
