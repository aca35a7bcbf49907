"""Block keys in, the pairs of profiles out that are worth scoring.

Two profiles are compared if they share a key that few profiles have, and scored, where there are
many such pairs, if they can be one at all (``telling``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import IS_COARSE
from models_ml.identity.matching.pairing import PAIRS, open_blocks, pairs_within
from models_ml.identity.matching.places import place_of
from models_ml.identity.matching.telling import ASKED_FIRST, FEW_PAIRS, can_be_one

_CHUNK = 1_000_000
"""Pairs whose columns are looked at at once, so that memory does not follow their number."""


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
    changed: pl.Series,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs to score of some records only.

    Parameters
    ----------
    near
        Those rows of ``keys`` whose key a changed profile has: there are hundreds times more
        others, which are read for ``doubtful`` only.
    changed
        Profiles of which every pair is wanted.
    doubtful
        ``identifier_a`` and ``identifier_b`` of records whose pairs are wanted.
    """
    largest = int(near["profile"].to_numpy().max(initial=0))
    pairs = pairs_within(*open_blocks(near, rules), place_of(changed, largest) >= 0)
    if len(doubtful):
        others = _of_doubtful(con, profiles, keys, rules, doubtful)
        pairs = pl.concat([pairs, others]).unique().sort("left", "right")
    return _worth_scoring(con, profiles, pairs)


def _of_doubtful(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    rules: Matching,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs of all versions of some records that share an open key."""
    con.register("doubtful", doubtful.select("identifier_a", "identifier_b").to_arrow())
    con.execute(
        f"""
        create or replace temp table shared_keys as
        with versions as materialized (
            select profile, identifier from {profiles}
            where identifier in (select unnest([identifier_a, identifier_b]) from doubtful)
        ),
        held as materialized (
            select profile, identifier, key
            from {keys}
            inner join versions using (profile)
        )
        select
            least(one.profile, other.profile) as "left",
            greatest(one.profile, other.profile) as "right",
            key
        from doubtful
        inner join held as one on doubtful.identifier_a = one.identifier
        inner join held as other using (key)
        where doubtful.identifier_b = other.identifier
        """  # noqa: S608
    )
    found = con.execute(
        f"""
        with open_keys as (
            select key from {keys} semi join shared_keys using (key)
            group by key having count(*) between 2 and if({IS_COARSE}, $largest_coarse, $largest)
        )
        select distinct "left", "right" from shared_keys semi join open_keys using (key)
        """,  # noqa: S608
        {"largest": rules.largest_block, "largest_coarse": rules.largest_coarse_block},
    ).pl()
    con.execute("drop table shared_keys")
    con.unregister("doubtful")
    return found.cast(PAIRS)


def _worth_scoring(
    con: duckdb.DuckDBPyConnection, profiles: str, pairs: pl.DataFrame
) -> pl.DataFrame:
    """Return the pairs whose records can be one.

    What four columns tell is asked, for it leaves one pair of ten to read the rest of. Few pairs
    are not asked here but where they are scored.
    """
    if len(pairs) <= FEW_PAIRS:
        return pairs
    stated = con.execute(
        f"select profile, starts_with(identifier, 'account:') as is_account, "  # noqa: S608
        f"{', '.join(ASKED_FIRST)} from {profiles}"
    ).pl()
    place = place_of(stated["profile"], 0)
    question = f'select "left", "right" from compared where {can_be_one()}'  # noqa: S608
    found = []
    for chunk in pairs.iter_slices(_CHUNK):
        # picked by place: a join by DuckDB reads each column of each profile from another place
        sides = [
            stated[place[chunk[side].to_numpy()]].select(pl.exclude("profile").name.suffix(end))
            for side, end in (("left", "_l"), ("right", "_r"))
        ]
        con.register("compared", pl.concat([chunk, *sides], how="horizontal").to_arrow())
        found.append(con.execute(question).pl())
        con.unregister("compared")
    return pl.concat(found).cast(PAIRS).sort("left", "right")
