"""Block keys in, the pairs of profiles out that are worth scoring.

Two profiles are compared if they share a key that few profiles have, and scored, where there are
many such pairs, if they can be one at all (``telling``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import IS_COARSE
from models_ml.identity.matching.profiles import COMPARED
from models_ml.identity.matching.telling import ASKED_FIRST, FEW_PAIRS, can_be_one, tells

PAIRS = pl.Schema({"left": pl.Int64(), "right": pl.Int64()})

_CHUNK = 2_000_000
"""Pairs looked at at once, so that memory does not follow their number."""

MOST_OF_A_KEY = f"if({IS_COARSE}, $largest_coarse, $largest)"
"""How many profiles may share ``key``, with the parameters of ``most_of_a_key``."""


def most_of_a_key(rules: Matching) -> dict[str, int]:
    """Return the parameters of ``MOST_OF_A_KEY``."""
    return {"largest": rules.largest_block, "largest_coarse": rules.largest_coarse_block}


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
    near: str,
    changed: pl.Series,
    doubtful: pl.DataFrame,
) -> pl.DataFrame:
    """Return the pairs to score of some records only.

    Parameters
    ----------
    near
        Name of a table of those rows of ``keys`` whose key a changed profile has: there are
        hundreds times more others, which are read for ``doubtful`` only.
    changed
        Profiles of which every pair is wanted.
    doubtful
        ``identifier_a`` and ``identifier_b`` of records whose pairs are wanted.
    """
    con.register("changed_profiles", pl.DataFrame({"profile": changed}).to_arrow())
    con.execute(
        f"""
        create or replace temp table pairs as
        with open_keys as ({_open_keys(near)})
        select distinct
            least(one.profile, other.profile) as "left",
            greatest(one.profile, other.profile) as "right"
        from {near} as one
        inner join {near} as other using (key)
        semi join open_keys using (key)
        where one.profile in (from changed_profiles) and one.profile <> other.profile
        """,  # noqa: S608
        most_of_a_key(rules),
    )
    con.unregister("changed_profiles")
    if len(doubtful):
        _add_doubtful(con, profiles, keys, rules, doubtful)
    return _worth_scoring(con, profiles, rules).sort("left", "right")


def _add_doubtful(
    con: duckdb.DuckDBPyConnection,
    profiles: str,
    keys: str,
    rules: Matching,
    doubtful: pl.DataFrame,
) -> None:
    """Add to ``pairs`` those of all versions of some records that share an open key."""
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
    con.execute(
        f"""
        insert into pairs
        with sizes as (
            select key from {keys} semi join shared_keys using (key)
        ),
        open_keys as ({_open_keys("sizes")})
        select "left", "right" from shared_keys semi join open_keys using (key)
        except
        from pairs
        """,  # noqa: S608
        most_of_a_key(rules),
    )
    con.execute("drop table shared_keys")
    con.unregister("doubtful")


def _open_blocks(con: duckdb.DuckDBPyConnection, keys: str, rules: Matching) -> None:
    """Make a table of the keys that few profiles share."""
    con.execute(
        f"""
        create or replace temp table open_blocks as
        with open_keys as ({_open_keys(keys)})
        select profile, key
        from {keys}
        semi join open_keys using (key)
        """,  # noqa: S608
        most_of_a_key(rules),
    )


def _open_keys(keys: str) -> str:
    return f"select key from {keys} group by key having count(*) between 2 and {MOST_OF_A_KEY}"  # noqa: S608


def _worth_scoring(con: duckdb.DuckDBPyConnection, profiles: str, rules: Matching) -> pl.DataFrame:
    """Return those of the table ``pairs`` whose records can be one; drops the table.

    What four columns tell is asked first, for it leaves one pair of ten to read the rest of. Few
    pairs are not asked here but where they are scored.
    """
    many = con.execute("select count(*) > $few from pairs", {"few": FEW_PAIRS}).fetchone()
    steps: list[tuple[tuple[str, ...], str]] = []
    if many and many[0]:
        steps = [(ASKED_FIRST, can_be_one()), (COMPARED, tells(rules.household_address))]
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
        con.execute(f"drop table if exists {table}")
    return found
