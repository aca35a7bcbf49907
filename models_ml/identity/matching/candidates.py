"""Block keys in, the pairs of profiles out that are worth scoring.

Two profiles are compared if they share a key that few profiles have, and scored if they can be
one at all (``telling``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import IS_COARSE
from models_ml.identity.matching.profiles import COMPARED
from models_ml.identity.matching.telling import ASKED_FIRST, can_be_one, tells

PAIRS = pl.Schema({"left": pl.Int64(), "right": pl.Int64()})

_CHUNK = 2_000_000
"""Pairs looked at at once, so that memory does not follow their number."""

_FEW = 20_000
"""Pairs up to which to plan a statement takes longer than to ask everything of all of them."""


MOST_OF_A_KEY = f"if({IS_COARSE}, $largest_coarse, $largest)"
"""How many profiles may share ``key``, with the parameters of ``most_of_a_key``."""


def most_of_a_key(rules: Matching) -> dict[str, int]:
    """Return the parameters of ``MOST_OF_A_KEY``."""
    return {"largest": rules.largest_block, "largest_coarse": rules.largest_coarse_block}


def candidates(
    con: duckdb.DuckDBPyConnection, profiles: str, keys: str, rules: Matching
) -> pl.DataFrame:
    """Return all pairs to score, each once, ``left`` the smaller number.

    Parameters
    ----------
    profiles, keys
        Names of tables: numbered profiles, and ``profile`` and ``key`` of ``block_keys``.
    rules
        How many profiles may share a key, and what makes two addresses one home.
    """
    _open_blocks(con, keys, rules)
    pairs = con.execute(
        "select coalesce(sum(size * (size - 1) // 2), 0)::bigint from "
        "(select count(*) as size from open_blocks group by key)"
    ).fetchone()
    chunks = 1 + (pairs[0] if pairs else 0) // _CHUNK
    found = []
    for chunk in range(chunks):
        con.execute(
            f"""
            create or replace temp table pairs as
            select distinct one.profile as "left", other.profile as "right"
            from open_blocks as one
            inner join open_blocks as other using (key)
            where one.profile < other.profile and one.profile % {chunks} = {chunk}
            """  # noqa: S608
        )
        found.append(_worth_scoring(con, profiles, rules))
    con.execute("drop table open_blocks")
    return pl.concat(found).sort("left", "right")


def candidates_of(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    rules: Matching,
    *,
    changed: pl.Series,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs to score of some records only.

    Parameters
    ----------
    changed
        Profiles of which every pair is wanted.
    doubtful
        ``identifier_a`` and ``identifier_b`` of records whose pairs are wanted.
    """
    con.register("changed_profiles", pl.DataFrame({"profile": changed}).to_arrow())
    con.register("doubtful", doubtful.select("identifier_a", "identifier_b").to_arrow())
    con.execute(
        f"""
        create or replace temp table doubtful_profiles as
        select one.profile as profile_a, other.profile as profile_b
        from doubtful
        inner join {profiles} as one on doubtful.identifier_a = one.identifier
        inner join {profiles} as other on doubtful.identifier_b = other.identifier
        """  # noqa: S608
    )
    con.execute(
        f"""
        create or replace temp table wanted_keys as
        select distinct key from {keys}
        where profile in (
            from changed_profiles
            union all
            select unnest([profile_a, profile_b]) from doubtful_profiles
        )
        """  # noqa: S608
    )
    _open_blocks(con, keys, rules, "semi join wanted_keys using (key)")
    con.execute("drop table wanted_keys")
    con.execute(
        """
        create or replace temp table pairs as
        select
            least(one.profile, other.profile) as "left",
            greatest(one.profile, other.profile) as "right"
        from open_blocks as one
        inner join open_blocks as other using (key)
        where one.profile in (from changed_profiles) and one.profile <> other.profile
        union
        select least(profile_a, profile_b), greatest(profile_a, profile_b)
        from doubtful_profiles
        inner join open_blocks as one on profile_a = one.profile
        inner join open_blocks as other on profile_b = other.profile and one.key = other.key
        """
    )
    found = _worth_scoring(con, profiles, rules)
    for table in ("open_blocks", "doubtful_profiles"):
        con.execute(f"drop table {table}")
    for view in ("changed_profiles", "doubtful"):
        con.unregister(view)
    return found.sort("left", "right")


def _open_blocks(
    con: duckdb.DuckDBPyConnection, keys: str, rules: Matching, of_these: str = ""
) -> None:
    """Make a table of the keys that few profiles share."""
    con.execute(
        f"""
        create or replace temp table open_blocks as
        with open_keys as (
            select key
            from {keys} {of_these}
            group by key
            having count(*) between 2 and {MOST_OF_A_KEY}
        )
        select profile, key
        from {keys}
        semi join open_keys using (key)
        """,  # noqa: S608
        most_of_a_key(rules),
    )


def _worth_scoring(con: duckdb.DuckDBPyConnection, profiles: str, rules: Matching) -> pl.DataFrame:
    """Return those of the table ``pairs`` whose records can be one; drops the table.

    What four columns tell is asked first, for it leaves one pair of ten to read the rest of.
    """
    steps: list[tuple[tuple[str, ...], str]] = [(COMPARED, tells(rules.household_address))]
    many = con.execute("select count(*) > $few from pairs", {"few": _FEW}).fetchone()
    if many and many[0]:
        steps.insert(0, (ASKED_FIRST, can_be_one()))
    for columns, condition in steps:
        sides = ", ".join(
            f'"{side}_".{name} as {name}_{side[0]}'
            for side in ("left", "right")
            for name in ("identifier", *columns)
        )
        # a table, for a condition on the outcome of a join costs four times as much
        con.execute(
            f"""
            create or replace temp table compared as
            select "left", "right", {sides}
            from pairs
            inner join {profiles} as left_ on pairs."left" = left_.profile
            inner join {profiles} as right_ on pairs."right" = right_.profile
            where left_.identifier <> right_.identifier
            """  # noqa: S608
        )
        con.execute(
            'create or replace temp table pairs as select "left", "right" '  # noqa: S608
            f"from compared where {condition}"
        )
    found = con.execute("from pairs").pl().cast(PAIRS)
    for table in ("compared", "pairs"):
        con.execute(f"drop table {table}")
    return found
