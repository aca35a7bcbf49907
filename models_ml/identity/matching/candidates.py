"""Block keys in, the pairs of profiles out that are worth scoring.

Two profiles are compared if they share a key that few profiles have, and scored, where there are
many such pairs, if they can be one at all (``telling``).
"""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import block_keys
from models_ml.identity.matching.holders import holders
from models_ml.identity.matching.pairing import (
    PAIRS,
    most_of_a_key,
    open_blocks,
    pairs_within,
)
from models_ml.identity.matching.places import place_of
from models_ml.identity.matching.telling import ASKED_FIRST, FEW_PAIRS, can_be_one

_CHUNK = 1_000_000
"""Pairs whose columns are looked at at once, so that memory does not follow their number."""

_OF_ASKED_PAIRS = (
    'semi join (select unnest(["left", "right"]) as profile from asked_pairs) using (profile)'
)


def candidates(
    con: duckdb.DuckDBPyConnection, profiles: str, keys: str, rules: Matching
) -> pl.DataFrame:
    """Return all pairs to score, each once, ``left`` the smaller number.

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
    return _worth_scoring(con, profiles, pairs_within(*open_blocks(every, rules)))


def candidates_of(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    rules: Matching,
    *,
    near: pl.DataFrame,
    full: pl.Series,
    changed: pl.Series,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs to score of some records only.

    Parameters
    ----------
    near
        Those rows of ``keys`` whose key a changed profile has and few share: there are hundreds
        times more others, which are read for ``doubtful`` only.
    full
        The keys of changed profiles that too many share.
    changed
        Profiles of which every pair is wanted.
    doubtful
        ``identifier_a`` and ``identifier_b`` of records whose pairs are wanted; ``left`` and
        ``right``, their profiles, where it is known that the two share a key of few.
    """
    largest = int(near["profile"].to_numpy().max(initial=0))
    pairs = pairs_within(*open_blocks(near, rules), place_of(changed, largest) >= 0)
    sure = doubtful.drop_nulls("left").select(PAIRS.names())
    if len(sure):
        pairs = pl.concat([pairs, sure]).unique().sort("left", "right")
    if len(sure) < len(doubtful):
        unknown = doubtful.filter(pl.col("left").is_null())
        shared = _shared_keys(con, profiles, unknown).filter(~pl.col("key").is_in(full.implode()))
        sure = shared.join(near, on="key", how="semi").select("left", "right").unique()
        unsure = shared.join(sure, on=["left", "right"], how="anti")
        others = pl.concat([sure, _of_open_keys(con, keys, rules, unsure)]).cast(PAIRS)
        pairs = pl.concat([pairs, others]).unique().sort("left", "right")
    return _worth_scoring(con, profiles, pairs, of_pairs_only=True)


def _shared_keys(
    con: duckdb.DuckDBPyConnection, profiles: str, doubtful: pl.DataFrame
) -> pl.DataFrame:
    """Return the pairs of all versions of some records with each ``key`` they share.

    Which keys they have is told by the profiles, for to look it up is to read all keys of all.
    """
    ends = doubtful.select("identifier_a", "identifier_b")
    doubtful_ends = ends.to_arrow()  # noqa: F841 - read by the query
    versions = con.execute(
        f"from {profiles} where identifier in "  # noqa: S608
        "(select unnest([identifier_a, identifier_b]) from doubtful_ends)"
    ).pl()
    number, held = versions.select("identifier", "profile"), block_keys(versions)
    return (
        ends.join(number, left_on="identifier_a", right_on="identifier")
        .join(number, left_on="identifier_b", right_on="identifier", suffix="_b")
        .select(
            left=pl.min_horizontal("profile", "profile_b"),
            right=pl.max_horizontal("profile", "profile_b"),
        )
        .join(held, left_on="left", right_on="profile")
        .join(held, left_on=["right", "key"], right_on=["profile", "key"])
    )


def _of_open_keys(
    con: duckdb.DuckDBPyConnection, keys: str, rules: Matching, shared: pl.DataFrame
) -> pl.DataFrame:
    """Return the pairs of ``_shared_keys`` of which few have a key."""
    every = shared["key"].unique().sort()
    sizes = np.bincount(holders(con, keys, every)["place"].to_numpy(), minlength=len(every))
    is_open = pl.Series(sizes <= most_of_a_key(every.to_numpy(), rules), dtype=pl.Boolean)
    return shared.filter(is_open.gather(every.search_sorted(shared["key"]))).select("left", "right")


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
    place = place_of(stated["profile"], 0)
    question = can_be_one("compared")
    found = []
    for chunk in pairs.iter_slices(_CHUNK):
        # picked by place: a join by DuckDB reads each column of each profile from another place
        sides = [
            stated[place[chunk[side].to_numpy()]].select(pl.exclude("profile").name.suffix(end))
            for side, end in (("left", "_l"), ("right", "_r"))
        ]
        compared = pl.concat([chunk, *sides], how="horizontal").to_arrow()  # noqa: F841 - asked
        found.append(con.execute(question).pl())
    return pl.concat(found).cast(PAIRS).sort("left", "right")
