"""Block keys in, the pairs of profiles out that are worth scoring.

Two profiles are compared if they share a key that few profiles have, and scored, where there are
many such pairs, if they can be one at all (``telling``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.guards import Matching
from models_ml.identity.matching.pairing import (
    PAIRS,
    open_blocks,
    pairs_within,
)
from models_ml.identity.matching.places import place_of
from models_ml.identity.matching.telling import ASKED_FIRST, FEW_PAIRS, can_be_one
from models_ml.identity.nicknames import asked_of_names

_CHUNK = 1_000_000
"""Pairs whose columns are looked at at once, so that memory does not follow their number."""

_OF_ASKED_PAIRS = (
    'semi join (select unnest(["left", "right"]) as profile from asked_pairs) using (profile)'
)


def candidates(
    con: duckdb.DuckDBPyConnection, profiles: str, keys: str, rules: Matching
) -> tuple[pl.DataFrame, pl.Series]:
    """Return all pairs to score, each once, ``left`` the smaller number, and the full keys.

    Of few pairs all, of many those that can be one: to plan that question takes longer than to
    score few pairs, which asks it as well.

    Parameters
    ----------
    profiles, keys
        Names of tables: numbered profiles, and ``profile`` and ``key`` of ``block_keys``.
    rules
        How many profiles may share a key.
    """
    every = con.execute(f"select profile, key from {keys}").pl()  # noqa: S608
    sharing, blocks, full = open_blocks(every, rules)
    del every
    return _worth_scoring(con, profiles, pairs_within(sharing, blocks)), full


def candidates_of(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    full_keys: str,
    rules: Matching,
    *,
    near: pl.DataFrame,
    changed: pl.Series,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs to score of some records only.

    Parameters
    ----------
    full_keys
        Name of the table of those keys that more have than may share one.
    near
        Those rows of ``keys`` whose key a changed profile has and few share: there are hundreds
        times more others, which are read for ``doubtful`` only.
    changed
        Profiles of which every pair is wanted.
    doubtful
        ``identifier_a`` and ``identifier_b`` of records whose pairs are wanted; ``left`` and
        ``right``, their profiles, where it is known that the two share a key of few.
    """
    largest = int(near["profile"].to_numpy().max(initial=0))
    sharing, blocks, _ = open_blocks(near, rules)
    pairs = pairs_within(sharing, blocks, place_of(changed, largest) >= 0)
    sure = doubtful.drop_nulls("left").select(PAIRS.names())
    if len(sure):
        pairs = pl.concat([pairs, sure]).unique().sort("left", "right")
    if len(sure) < len(doubtful):
        unknown = doubtful.filter(pl.col("left").is_null()).select("identifier_a", "identifier_b")
        others = _sharing_an_open_key(con, profiles, keys, full_keys, unknown)
        pairs = pl.concat([pairs, others.cast(PAIRS)]).unique().sort("left", "right")
    return _worth_scoring(con, profiles, pairs, of_pairs_only=True)


def _sharing_an_open_key(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    full_keys: str,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs of all versions of some records that share a key of few.

    Their keys are read: to make a few anew takes as long as to read those of a million identifiers.
    """
    doubtful_ends = doubtful.to_arrow()  # noqa: F841 - read by the statements
    # a table and an inner join: then numbers are looked up in an array, in a fifth of the time
    con.execute(
        f"create or replace temp table versions as "  # noqa: S608
        f"select profile, identifier from {profiles} "
        "where identifier in (select unnest([identifier_a, identifier_b]) from doubtful_ends)"
    )
    found = con.execute(
        f"""
        with held as materialized (
            select profile, key from {keys} inner join versions using (profile)
        ),
        shared as materialized (
            select distinct
                least(one.profile, other.profile) as "left",
                greatest(one.profile, other.profile) as "right",
                held.key
            from doubtful_ends
            inner join versions as one on identifier_a = one.identifier
            inner join versions as other on identifier_b = other.identifier
            inner join held on one.profile = held.profile
            semi join held as also on other.profile = also.profile and held.key = also.key
        )
        select distinct "left", "right" from shared anti join {full_keys} using (key)
        """  # noqa: S608
    ).pl()
    con.execute("drop table versions")
    return found


def _worth_scoring(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    pairs: pl.DataFrame,
    *,
    of_pairs_only: bool = False,
) -> pl.DataFrame:
    """Return the pairs whose records can be one.

    What four columns tell is asked, for it leaves one pair of ten to read the rest of. Few pairs
    are not asked here but where they are scored.
    """
    if len(pairs) <= FEW_PAIRS:
        return pairs
    if of_pairs_only:
        asked_pairs = pairs.to_arrow()  # noqa: F841 - read by the query
        profiles = f"{profiles} {_OF_ASKED_PAIRS}"
    stated = con.execute(
        f"select profile, starts_with(identifier, 'account:') as is_account, "  # noqa: S608
        f"{', '.join(ASKED_FIRST)} from {profiles}"
    ).pl()
    stated = stated.with_columns(**asked_of_names(stated["first_name"]))
    place = place_of(stated["profile"], 0)
    question = can_be_one("compared")
    found = []
    for chunk in pairs.iter_slices(_CHUNK):
        # picked by place: a join by DuckDB reads each column of each profile from another place
        sides = [
            stated[place[chunk[side].to_numpy()]].select(pl.exclude("profile").name.suffix(end))
            for side, end in (("left", "_l"), ("right", "_r"))
        ]
        both = pl.concat([chunk, *sides], how="horizontal")
        compared = both.to_arrow(compat_level=pl.CompatLevel.newest())  # noqa: F841 - asked
        found.append(con.execute(question).pl())
    return pl.concat(found).cast(PAIRS).sort("left", "right")
