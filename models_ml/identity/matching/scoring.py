"""Pairs of profiles in, pairs of records with their weight and its parts out; Splink scores.

A weight is the sum of what each column tells, in bits, and of the prior: among n records a pair
taken at random is one person's with the odds of 2 to n.
"""

from __future__ import annotations

import functools
import math

import duckdb
import numpy as np
import polars as pl

from models_ml.identity.evidence import MATCHES
from models_ml.identity.guards import Matching
from models_ml.identity.matching.comparisons import SPELT_ALIKE, Relation
from models_ml.identity.matching.frequencies import (
    ACCOUNT,
    COUNTED,
    PERSON,
    frequencies,
    magnitude,
    record_count,
    record_type,
)
from models_ml.identity.matching.places import Places, place_of
from models_ml.identity.matching.profiles import COMPARED
from models_ml.identity.matching.scoring_sql import MODELS, PAIRS_TO_SCORE, scoring_sql
from models_ml.identity.matching.telling import tells
from models_ml.identity.nicknames import asked_of_names

_PRIOR_PAIRS = 2.0
"""Pairs of one person expected per record: duplicates come in threes rather than in twos."""

_CHUNK = 500_000
"""Pairs scored at once, so that memory does not follow their number."""


def match_records(
    con: duckdb.DuckDBPyConnection,
    profiles: pl.DataFrame,
    pairs: pl.DataFrame,
    counts: pl.DataFrame,
    rules: Matching,
    *,
    from_probability: float,
) -> pl.DataFrame:
    """Compare the records that may be one person, or one company.

    Parameters
    ----------
    con
        Any database: it computes, and keeps nothing.
    profiles
        Of ``profiles_of``; those of the pairs are enough.
    pairs
        Those to compare, of ``candidates``.
    counts
        Columns of ``TRAIT_COUNTS``; of values, those of the profiles are enough.
    rules
        What makes two addresses one home.
    from_probability
        Pairs that are one with less than this are left out.

    Returns
    -------
    pl.DataFrame
        Columns of ``MATCHES``, in the order of the identifiers.
    """
    found = [
        _scored(con, of_kind, pairs, kind, counts, rules, from_probability)
        for kind in (PERSON, ACCOUNT)
        if not (of_kind := profiles.filter(record_type() == kind)).is_empty()
    ]
    if not found:
        return pl.DataFrame(schema=MATCHES)
    return pl.concat(found).sort("identifier_a", "identifier_b")


def _scored(
    con: duckdb.DuckDBPyConnection,
    profiles: pl.DataFrame,
    pairs: pl.DataFrame,
    kind: str,
    counts: pl.DataFrame,
    rules: Matching,
    from_probability: float,
) -> pl.DataFrame:
    """Score the pairs of one kind.

    The rows of the two are picked here, by their places: a join by DuckDB would look up every
    profile in a table of all, whose every column is read from another place.
    """
    # versions of one record are not compared, so it does not matter which of them comes first
    profiles = profiles.sort("identifier")
    left, right = _in_text_order(profiles, pairs)
    if not len(left):
        return pl.DataFrame(schema=MATCHES)
    model = MODELS[kind]
    counted = [c for c in COUNTED if any(r.counted == c for part in model.values() for r in part)]
    prior_bits = _bits(prior(record_count(counts, kind)))
    wide = (
        _with_frequencies(profiles, counts, kind, counted)
        .lazy()
        .select(
            pl.int_range(pl.len()).alias("profile"),
            *COMPARED,
            *(f"tf_{name}" for name in counted),
            **asked_once(),
            **asked_of_names(profiles["first_name"]),
        )
        .collect()
    )
    told = " + ".join(_weight_columns(model))
    found_columns = ", ".join(
        ["profile_l", "profile_r", *(f"gamma_{name}" for name in model), *_weight_columns(model)]
    )
    # behind a limit, for else each relation is written out wherever the condition names it
    query = f"""
        with scored as (from ({scoring_sql(kind)}) limit {2**62})
        select {found_columns}, {told} + $prior as match_weight
        from scored
        where {told} + $prior >= $least and ({tells(kind, rules.household_address)})
    """  # noqa: S608
    parts = []
    for start in range(0, len(left), _CHUNK):
        sides = [
            wide[places[start : start + _CHUNK]].select(pl.all().name.suffix(f"_{side}"))
            for side, places in (("l", left), ("r", right))
        ]
        compared = pl.concat(sides, how="horizontal")
        con.register(PAIRS_TO_SCORE, compared.to_arrow(compat_level=pl.CompatLevel.newest()))
        found = con.execute(query, {"prior": prior_bits, "least": _bits(from_probability)}).pl()
        parts.append(_with_waterfall(found, model))
        con.unregister(PAIRS_TO_SCORE)
    return _best(pl.concat(parts), profiles["identifier"], prior_bits)


def _in_text_order(profiles: pl.DataFrame, pairs: pl.DataFrame) -> tuple[Places, Places]:
    """Return the places of both profiles of each pair: a score must not depend on which came first.

    Pairs of two versions of one record are left out.
    """
    place = place_of(profiles["profile"], int(pairs.max().max_horizontal().item() or 0))
    one, other = (place[pairs[side].to_numpy()] for side in ("left", "right"))
    record = profiles["identifier"].rle_id().to_numpy()
    wanted = (one >= 0) & (other >= 0)
    one, other = one[wanted], other[wanted]
    wanted = record[one] != record[other]
    one, other = one[wanted], other[wanted]
    left, right = np.minimum(one, other), np.maximum(one, other)
    order = np.argsort(left * len(profiles) + right)
    return left[order], right[order]


def _with_frequencies(
    profiles: pl.DataFrame, counts: pl.DataFrame, kind: str, counted: list[str]
) -> pl.DataFrame:
    of_kind = frequencies(counts.filter(pl.col("record_type") == kind))
    known = of_kind.partition_by("trait", as_dict=True)
    nothing = of_kind.clear()
    # looked up column by column: each of six joins would copy all columns
    return profiles.with_columns(
        pl.col(column)
        .replace_strict(
            (of_column := known.get((column,), nothing))["value"],
            of_column["frequency"],
            default=None,
            return_dtype=pl.Float64,
        )
        .alias(f"tf_{column}")
        for column in counted
    )


def asked_once() -> dict[str, pl.Expr]:
    """Return the columns of ``OF_ONE_RECORD``, of profiles."""
    email, city, company = pl.col("email"), pl.col("city"), pl.col("company")
    mailbox = email.str.extract(r"^([^@]*)", 1)
    domain = email.str.extract(r"^[^@]*@([^@]*)", 1)
    return {
        "spelt_mailbox": functools.reduce(
            lambda text, letters: text.str.replace_all(*letters, literal=True),
            SPELT_ALIKE,
            mailbox,
        ),
        "has_two_digits": mailbox.str.contains("[0-9]{2}"),
        "has_three_digits": mailbox.str.contains("[0-9]{3}"),
        "mailbox": mailbox,
        "mail_domain": pl.when(email.is_not_null()).then(domain.fill_null("")),
        "mail_digits": email.str.replace_all("[^0-9]", ""),
        "mail_unnumbered": email.str.replace("[-._]?[0-9]+@", "@"),
        "company_digits": company.str.replace_all("[^0-9]", ""),
        "city_is_numbered": city.str.contains("[0-9]$"),
        "city_digits": city.str.replace_all("[^0-9]", ""),
        "town": city.str.strip_chars_end(" 0123456789"),
    }


def _weight_columns(model: dict[str, list[Relation]]) -> list[str]:
    """Return the columns of bits, in the order in which they are added up."""
    adjusted = {column for column, part in model.items() if any(one.counted for one in part)}
    return [
        f"{of}_{column}"
        for column in model
        for of in ("mw", *(["mw_tf_adj"] if column in adjusted else []))
    ]


def _bits(probability: float) -> float:
    return math.log2(probability / (1 - probability))


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
        "profile_l",
        "profile_r",
        "match_weight",
        match_probability=1 / (1 + pl.lit(2.0).pow(-pl.col("match_weight"))),
        waterfall=told,
    )


def steps_that_count(trait: str) -> list[str]:
    """Return the starts of a waterfall's steps in which it matters how common a trait is."""
    return [
        f'{{"column": "{column}", "relation": "{relation.label}"'
        for model in MODELS.values()
        for column, part in model.items()
        for relation in part
        if relation.counted == trait
    ]


def _step(column: pl.Expr, relation: pl.Expr, weight: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        pl.lit('{"column": "'), column, pl.lit('", "relation": "'), relation,
        pl.lit('", "weight": '), weight.round(2).cast(pl.String), pl.lit("}"),
    )  # fmt: skip


def _best(scores: pl.DataFrame, identifiers: pl.Series, prior_bits: float) -> pl.DataFrame:
    """Return the most alike versions of each two records."""
    first = _step(pl.lit("prior"), pl.lit("any two records"), pl.lit(prior_bits))
    # places are in text order, so the left one is the smaller
    return (
        scores.select(
            identifiers.gather(scores["profile_l"]).alias("identifier_a"),
            identifiers.gather(scores["profile_r"]).alias("identifier_b"),
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
