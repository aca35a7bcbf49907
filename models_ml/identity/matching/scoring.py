"""Pairs of profiles in, pairs of records with their weight and its parts out; Splink scores.

A weight is the sum of what each column tells, in bits, and of the prior: among n records a pair
taken at random is one person's with the odds of 2 to n.
"""

from __future__ import annotations

import logging
import math

import polars as pl
from splink import Linker, SettingsCreator
from splink.internals.database_api import DatabaseAPISubClass

from models_ml.identity.evidence import MATCHES
from models_ml.identity.matching import comparisons
from models_ml.identity.matching.comparisons import Relation, splink_comparisons
from models_ml.identity.matching.frequencies import (
    ACCOUNT,
    COUNTED,
    PERSON,
    frequencies,
    magnitude,
    record_count,
    record_type,
)
from models_ml.identity.matching.profiles import COMPARED

_MODELS = {PERSON: comparisons.PERSON, ACCOUNT: comparisons.ACCOUNT}

_PRIOR_PAIRS = 2.0
"""Pairs of one person expected per record: duplicates come in threes rather than in twos."""

_CHUNK = 1_000_000
"""Pairs scored at once, so that memory does not follow their number."""


def match_records(
    profiles: pl.DataFrame,
    pairs: pl.DataFrame,
    counts: pl.DataFrame,
    engine: DatabaseAPISubClass,
    *,
    from_probability: float,
) -> pl.DataFrame:
    """Compare the records that may be one person, or one company.

    Parameters
    ----------
    profiles
        Of ``profiles_of``; those of the pairs are enough.
    pairs
        Those to compare, of ``candidates``.
    counts
        Columns of ``TRAIT_COUNTS``; of values, those of the profiles are enough.
    engine
        Splink's connection to the database that computes.
    from_probability
        Pairs that are one with less than this are left out.

    Returns
    -------
    pl.DataFrame
        Columns of ``MATCHES``, in the order of the identifiers.
    """
    profiles, pairs = _in_text_order(profiles, pairs)
    found = [
        _scored(
            profiles.filter(record_type() == kind), pairs, kind, counts, engine, from_probability
        )
        for kind in (PERSON, ACCOUNT)
    ]
    return pl.concat(found).sort("identifier_a", "identifier_b")


def _in_text_order(
    profiles: pl.DataFrame, pairs: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return profiles numbered anew: a score must not depend on which of two came first."""
    ordered = profiles.sort("identifier", *COMPARED).with_row_index("place")
    place = ordered.select("profile", pl.col("place").cast(pl.Int64))
    placed = pairs.join(place, left_on="left", right_on="profile").join(
        place, left_on="right", right_on="profile", suffix="_right"
    )
    return ordered.with_columns(profile=pl.col("place").cast(pl.Int64)).drop(
        "place"
    ), placed.select(
        left=pl.min_horizontal("place", "place_right"),
        right=pl.max_horizontal("place", "place_right"),
    ).sort("left", "right")


def _scored(
    profiles: pl.DataFrame,
    pairs: pl.DataFrame,
    kind: str,
    counts: pl.DataFrame,
    engine: DatabaseAPISubClass,
    from_probability: float,
) -> pl.DataFrame:
    pairs = pairs.join(profiles, left_on="left", right_on="profile", how="semi")
    if pairs.is_empty():
        return pl.DataFrame(schema=MATCHES)
    model = _MODELS[kind]
    odds = prior(record_count(counts, kind))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile",
        comparisons=splink_comparisons(model),
        blocking_rules_to_generate_predictions=[],
        probability_two_random_records_match=odds,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
    records = engine.register(profiles.select("profile", *COMPARED).to_arrow())
    # the settings are our own: checking them takes a second and finds nothing
    linker = Linker(records, settings, log_level=logging.ERROR, validate_settings=False)
    for column in COUNTED:
        if any(relation.counted == column for part in model.values() for relation in part):
            counted = frequencies(counts, kind, column)
            linker.table_management.register_term_frequency_lookup(
                engine.register(counted.to_arrow()), column
            )
    parts = []
    for chunk in pairs.iter_slices(_CHUNK):
        blocked = chunk.select(
            match_key=pl.lit("0"), join_key_l="left", join_key_r="right"
        ).to_arrow()
        linker.table_management.register_blocked_pairs_for_predict(engine.register(blocked))
        scores = linker.inference.predict(
            threshold_match_probability=from_probability, warning_mode="never"
        )
        found = pl.from_arrow(scores.as_pyarrow_table())
        parts.append(_with_waterfall(pl.DataFrame(found), model))
        scores.drop_table_from_database_and_remove_from_cache()
    engine.delete_tables_created_by_splink_from_db()
    return _best(pl.concat(parts), profiles, odds)


def prior(records: int) -> float:
    """Return the probability that two of so many records, taken at random, are one person's."""
    return _PRIOR_PAIRS / magnitude(max(records, 16))


def _with_waterfall(scores: pl.DataFrame, model: dict[str, list[Relation]]) -> pl.DataFrame:
    """Add what each stated column told: the weights of the relation and of its frequency."""
    steps = []
    for column, parts in model.items():
        weight = pl.col(f"mw_{column}")
        if f"mw_tf_adj_{column}" in scores.columns:
            weight += pl.col(f"mw_tf_adj_{column}")
        relation = (
            pl.col(f"gamma_{column}")
            .cast(pl.Int64)
            .replace_strict(
                {len(parts) - 1 - place: part.label for place, part in enumerate(parts)},
                default=None,
                return_dtype=pl.String,
            )
        )
        steps.append(pl.when(relation.is_not_null()).then(_step(pl.lit(column), relation, weight)))
    told = pl.concat_str(*steps, separator=", ", ignore_nulls=True)
    return scores.select(
        "profile_l", "profile_r", "match_weight", "match_probability", waterfall=told
    )


def _step(column: pl.Expr, relation: pl.Expr, weight: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        pl.lit('{"column": "'), column, pl.lit('", "relation": "'), relation,
        pl.lit('", "weight": '), weight.round(2).cast(pl.String), pl.lit("}"),
    )  # fmt: skip


def _best(scores: pl.DataFrame, profiles: pl.DataFrame, odds: float) -> pl.DataFrame:
    """Return the most alike versions of each two records."""
    record = profiles.select("profile", "identifier")
    first = _step(pl.lit("prior"), pl.lit("any two records"), pl.lit(math.log2(odds / (1 - odds))))
    return (
        scores.join(record, left_on="profile_l", right_on="profile")
        .join(record, left_on="profile_r", right_on="profile", suffix="_r")
        .select(
            identifier_a=pl.min_horizontal("identifier", "identifier_r"),
            identifier_b=pl.max_horizontal("identifier", "identifier_r"),
            weight=pl.col("match_weight").round(6),
            probability=pl.col("match_probability").round(6),
            waterfall=pl.concat_str(
                pl.lit("["), first, pl.lit(", "), pl.col("waterfall"), pl.lit("]")
            ),
        )
        .sort("weight", "waterfall", descending=[True, False])
        .unique(["identifier_a", "identifier_b"], keep="first", maintain_order=True)
        .select(MATCHES.names())
        .cast(MATCHES)
    )
