"""The few features that moved a score most, in words; stored with it, never made later."""

from __future__ import annotations

import numpy as np
import polars as pl

from models_ml.probability_score.definition import ScoreDefinition

MOST = 3
LEAST_LOG_ODDS = 0.05  # less moves a probability by at most 1.3 points


def reasons(
    frame: pl.DataFrame, contributions: np.ndarray, definition: ScoreDefinition
) -> tuple[pl.Series, pl.Series]:
    """Return the reasons for and against, each a list of at most three texts per row.

    Parameters
    ----------
    frame
        Checked feature rows.
    contributions : ndarray of shape (n_rows, n_features)
        In the order of ``definition.features``.
    """
    texts = frame.select(
        *(_number_text(f.name, f.label) for f in definition.numeric),
        *(
            pl.concat_str(pl.lit(f"{f.label}: "), pl.col(f.name).fill_null("unknown")).alias(f.name)
            for f in definition.categorical
        ),
    )
    table = np.column_stack([texts[f.name].to_list() for f in definition.features]).astype(object)
    table = table.reshape(frame.height, len(definition.features))
    return _strongest(table, contributions), _strongest(table, -contributions)


def _number_text(name: str, label: str) -> pl.Expr:
    value = pl.col(name).round(2)
    whole = value == value.round(0)
    shown = (
        pl.when(whole).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))
    )
    return pl.concat_str(pl.lit(f"{label}: "), shown.fill_null("unknown")).alias(name)


def _strongest(table: np.ndarray, strength: np.ndarray) -> pl.Series:
    order = np.argsort(-strength, axis=1, kind="stable")[:, :MOST]
    top = np.take_along_axis(strength, order, axis=1)
    words = np.take_along_axis(table, order, axis=1)
    words[top < LEAST_LOG_ODDS] = None
    columns = {
        f"r{j}": pl.Series(words[:, j].tolist(), dtype=pl.String) for j in range(words.shape[1])
    }
    return pl.DataFrame(columns).select(pl.concat_list(pl.all()).list.drop_nulls()).to_series()
