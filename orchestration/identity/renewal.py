"""A day's records in, the matches that change out: a pair is compared again only if it must be.

A pair's weight depends on its two records, on how common what they share is, and on whether a key
they share is common. So these are compared again: pairs with a record that changed, known pairs
of which a shared value passed into another step of frequency, and pairs that share a key which
few profiles have since, or no longer.
"""

from __future__ import annotations

import duckdb
import polars as pl

from models_ml.identity import Guards
from models_ml.identity.evidence import MATCHES
from models_ml.identity.guards import Matching
from models_ml.identity.matching.blocking import block_keys
from models_ml.identity.matching.candidates import candidates_of
from models_ml.identity.matching.frequencies import (
    changed_counts,
    moved,
    trait_counts,
)
from models_ml.identity.matching.holders import holders
from models_ml.identity.matching.pairing import PAIRS, renewed_blocks
from models_ml.identity.matching.profiles import COMPARED
from models_ml.identity.matching.scoring import steps_that_count
from orchestration.identity.matching import read_profiles, score
from orchestration.identity.tables import count, delete_places, insert, replace_some

_PROFILE = ("identifier", *COMPARED)
_ENDS = ["identifier_a", "identifier_b"]
_DOUBTFUL = pl.Schema({"identifier_a": pl.String(), "identifier_b": pl.String(), **PAIRS})
_NOBODY = pl.DataFrame(schema={"identifier": pl.String})


def renew_matches(
    con: duckdb.DuckDBPyConnection, guards: Guards, entities: list[str], *, known: int
) -> pl.DataFrame | None:
    """Bring profiles and matches up to date with the views ``new_<entity>``.

    Parameters
    ----------
    entities
        Of those of records the ones that have new rows.
    known
        How many of the records read again are not new: those in the table ``known_records``.

    Returns
    -------
    pl.DataFrame or None
        ``identifier`` of all pairs that changed; None if every pair must be compared again.
    """
    if not entities:
        return _NOBODY
    now = read_profiles(con, guards, lambda entity: f'"new_{entity}"', entities)
    before = _profiles_before(con, known)
    changed = pl.concat(
        [
            one.join(other, on=_PROFILE, how="anti", nulls_equal=True)["identifier"]
            for one, other in ((before, now), (now, before))
        ]
    ).unique()
    if changed.is_empty():
        return _NOBODY
    is_changed = pl.col("identifier").is_in(changed.implode())
    went = before.filter(is_changed)
    free = count(con, "select coalesce(max(profile), -1) + 1 from identity.profiles")
    came = now.filter(is_changed).with_columns(pl.col("profile") + free)
    values = _renew_counts(con, went, came)
    if values is None:
        return None
    near, crossed = _renew_blocks(con, went, came, guards.matching)
    doubtful = _doubtful(con, values, crossed).filter(
        ~pl.any_horizontal(pl.col(_ENDS).is_in(went["identifier"].implode()))
    )
    pairs = candidates_of(
        con,
        "identity.profiles",
        "identity.block_keys",
        "identity.full_keys",
        guards.matching,
        near=near,
        changed=came["profile"],
        doubtful=doubtful,
    )
    return _replace_matches(con, went["identifier"], doubtful, score(con, pairs, guards))


def _profiles_before(con: duckdb.DuckDBPyConnection, known: int) -> pl.DataFrame:
    """Return the kept profiles of the records that were read; on most days all are new."""
    columns = ["profile", "identifier", *COMPARED]
    if not known:
        return pl.DataFrame(schema={"profile": pl.Int64, **dict.fromkeys(columns[1:], pl.String)})
    wide = f"select {', '.join(columns)} from identity.profiles"  # noqa: S608
    return con.execute(f"{wide} where identifier in (from known_records) order by all").pl()


def _renew_counts(
    con: duckdb.DuckDBPyConnection, went: pl.DataFrame, came: pl.DataFrame
) -> pl.DataFrame | None:
    """Count anew what the profiles state; return ``moved``."""
    less, more = trait_counts(went), trait_counts(came)
    touched = pl.concat([less, more]).select("record_type", "trait", "value").unique()
    touched_values = touched.to_arrow()  # noqa: F841 - read by the query
    before = con.execute(
        """
        select known.rowid as place, known.*
        from identity.trait_counts as known
        inner join touched_values as touched
            on known.trait = touched.trait and known.record_type = touched.record_type
            and known.value is not distinct from touched.value
        """
    ).pl()
    delete_places(con, "trait_counts", before["place"])
    before = before.drop("place")
    now = changed_counts(before, less, more)
    insert(con, "trait_counts", now.filter(pl.col("record_count") > 0))
    return moved(before, now)


def _renew_blocks(
    con: duckdb.DuckDBPyConnection, went: pl.DataFrame, came: pl.DataFrame, rules: Matching
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replace profiles and their keys; return ``renewed_blocks`` of those that few have or had.

    Four of five rows of a day's keys are of keys that were full and stay so: nobody is looked for
    who has one, unless a profile that went did.
    """
    came_keys, went_keys = block_keys(came), block_keys(went)["key"]
    keys = pl.concat([came_keys["key"], went_keys]).unique().sort()
    keys = keys.filter(~keys.is_in(_stay_full(con, keys, went_keys).implode()))
    before = holders(con, "identity.block_keys", keys)
    if len(went):
        left_profiles = went.select("profile").to_arrow()  # noqa: F841 - read by the statement
        for table in ("block_keys", "profiles"):
            con.execute(
                f"delete from identity.{table} where profile in (from left_profiles)"  # noqa: S608
            )
    insert(con, "block_keys", came_keys)
    insert(con, "profiles", came)
    came_keys = came_keys.filter(pl.col("key").is_in(keys.implode()))
    came_places = came_keys.select(
        "profile", place=keys.search_sorted(came_keys["key"]).cast(pl.Int64)
    )
    near, crossed, turned = renewed_blocks(
        before, came_places, went["profile"], keys.to_numpy(), rules
    )
    opened = turned.filter("is_open").select("key")
    if len(opened):
        opened_keys = opened.to_arrow()  # noqa: F841 - read by the statement
        con.execute("delete from identity.full_keys where key in (from opened_keys)")
    insert(con, "full_keys", turned.filter(~pl.col("is_open")).select("key"))
    return near, crossed


def _stay_full(con: duckdb.DuckDBPyConnection, keys: pl.Series, went_keys: pl.Series) -> pl.Series:
    """Return those of some sorted keys that are full, but for those that may be so no more."""
    wanted_keys = keys.to_frame("key").to_arrow()  # noqa: F841 - read by the query
    full = con.execute("from identity.full_keys semi join wanted_keys using (key)").pl()["key"]
    return full.filter(~full.is_in(went_keys.implode()))


def _doubtful(
    con: duckdb.DuckDBPyConnection, values: pl.DataFrame, crossed: pl.DataFrame
) -> pl.DataFrame:
    """Return the known pairs that may weigh another sum now, or share no key of few.

    Returns
    -------
    pl.DataFrame
        ``identifier_a``, ``identifier_b``; ``left`` and ``right``, the profiles of a pair that
        still shares a key of few, null where that is to be found out. A known pair did so far,
        and of two records of one profile only a key that crossed can have changed that.

    Parameters
    ----------
    values
        Of ``moved``.
    crossed
        ``profile``, ``key`` and ``is_open`` of ``renewed_blocks``.
    """
    lost = moving = pl.DataFrame(schema=_DOUBTFUL)
    if len(crossed):
        crossed_keys = crossed.to_arrow()  # noqa: F841 - read by the query
        lost = con.execute(_SHARING_A_CROSSED_KEY).pl().unique()
    if len(values):
        moving = con.execute(*_sharing_a_moved_value(values)).pl().unique()
    moving = moving.join(lost, on=_ENDS, how="anti")
    return pl.concat([lost, moving], how="diagonal").cast(_DOUBTFUL)


_SHARING_A_CROSSED_KEY = """
    with holders as materialized (
        select distinct key, is_open, identifier
        from crossed_keys
        inner join identity.profiles using (profile)
    )
    select one.identifier as identifier_a, other.identifier as identifier_b
    from holders as one
    inner join holders as other using (key)
    where one.is_open and one.identifier < other.identifier
    union all
    select identifier_a, identifier_b
    from identity.matches
    inner join holders as one on identifier_a = one.identifier
    inner join holders as other on identifier_b = other.identifier and one.key = other.key
    where not one.is_open
"""


def _sharing_a_moved_value(values: pl.DataFrame) -> tuple[str, list[str]]:
    """Return the query of known pairs that share a value of ``moved`` which counts.

    Values are bound one by one, for those of a subquery DuckDB looks up in twice the time.
    """
    of_traits = dict(values.group_by("trait").agg("value").sort("trait").iter_rows())
    marked, shared, counted = [], [], []
    for name, of_trait in of_traits.items():
        places = ", ".join("?" * len(of_trait))
        marked.append(f"{name} in ({places}) as {name}_moved")
        shared.append(f"(of_one.{name}_moved and of_one.{name} = other.{name})")
        steps = [f"contains(waterfall, '{step}')" for step in steps_that_count(name)]
        counted.append(f"({shared[-1]} and ({' or '.join(steps) or 'false'}))")
    query = f"""
        with stating as materialized (
            from (
                select identifier, profile, {", ".join(of_traits)}, {", ".join(marked)}
                from identity.profiles
            )
            where {" or ".join(f"{name}_moved" for name in of_traits)}
        ),
        -- by itself, for else all who state a common value are joined with each other first
        of_one as materialized (
            select identifier_a, identifier_b, waterfall, stating.*
            from identity.matches
            inner join stating on identifier_a = identifier
        ),
        of_both as materialized (
            select
                identifier_a, identifier_b, of_one.profile as one, other.profile as other,
                {" or ".join(counted)} as is_counted
            from of_one
            inner join stating as other on identifier_b = other.identifier
            where {" or ".join(shared)}
        ),
        several as materialized (
            select identifier from identity.profiles
            where identifier in (select unnest([identifier_a, identifier_b]) from of_both)
            group by identifier having count(*) > 1
        )
        select
            identifier_a, identifier_b,
            if(has_versions, null, least(one, other)) as "left",
            if(has_versions, null, greatest(one, other)) as "right"
        from (
            select
                *,
                identifier_a in (from several) or identifier_b in (from several) as has_versions
            from of_both
        )
        -- other versions than those that were most alike may be so now
        where is_counted or has_versions
    """  # noqa: S608
    return query, [value for of_trait in of_traits.values() for value in of_trait]


def _replace_matches(
    con: duckdb.DuckDBPyConnection, went: pl.Series, doubtful: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """Replace the matches that were compared again; return ``identifier`` of those that differ.

    Parameters
    ----------
    went
        Records that were known and state something else now.
    """
    before = pl.DataFrame(schema={"place": pl.Int64, **MATCHES})
    if len(went) or len(doubtful):
        left_records = went.to_frame("identifier").to_arrow()  # noqa: F841 - read by the query
        doubtful_pairs = doubtful.to_arrow()  # noqa: F841 - read by the query
        before = con.execute(
            "select rowid as place, * from identity.matches "
            "where identifier_a in (from left_records) or identifier_b in (from left_records) "
            "or row(identifier_a, identifier_b) in "
            "(select row(identifier_a, identifier_b) from doubtful_pairs)"
        ).pl()
    replace_some(con, "matches", before, found)
    replaced = before.select(MATCHES.names()).cast(MATCHES)
    differing = [
        one.join(other, on=MATCHES.names(), how="anti")
        for one, other in ((replaced, found), (found, replaced))
    ]
    return pl.concat(
        [pair.select(identifier=f"identifier_{end}") for pair in differing for end in "ab"]
    ).unique()
