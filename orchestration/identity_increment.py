"""A day's new rows in, the evidence of everybody they reach out: the rest stays as it was.

new rows ──► sightings, profiles, matches that change ──► all identifiers that any evidence
connects with them (``identity.reach``) ──► the whole evidence of these, a small company
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, Contract
from ingest.schema import raw_table
from models_ml.identity import Evidence, Guards
from models_ml.identity.evidence import MATCHES, SIGHTINGS
from models_ml.identity.screening import BLOCKED, kind_of
from orchestration.identity_changes import read_columns
from orchestration.identity_renewal import renew_matches
from orchestration.identity_rows import RECORDS
from orchestration.identity_sightings import NO_PERSON_ALONE, read_sightings
from orchestration.identity_statements import read_links, read_persons
from orchestration.identity_tables import insert, len_of


def read_increment(
    con: duckdb.DuckDBPyConnection,
    guards: Guards,
    batches: dict[str, list[str]],
    decided: pl.DataFrame,
) -> Evidence | None:
    """Bring what is kept up to date with new batches; within a transaction of the caller.

    Parameters
    ----------
    decided
        Decisions in force; those they name are reached together.

    Returns
    -------
    Evidence or None
        All evidence of everybody the batches reach; their identifiers are in the temporary table
        ``reached``, the customers they ever were in ``concerned``. None if everybody has to be
        resolved again.
    """
    named = pl.concat([decided.select(identifier=f"identifier_{end}") for end in "ab"])
    if len(named) and named.select((kind_of(guards) == BLOCKED).any()).item():
        # a placeholder that a person has declared to be somebody's: reach ends at placeholders
        return None
    # the name of a company is part of what its contacts state
    entities = sorted({*batches, *(["contact"] if "account" in batches else [])})
    _make_views_of_new_rows(con, batches, entities)
    matched = renew_matches(con, guards, [one for one in RECORDS if one in entities])
    if matched is None:
        return None
    sightings = read_sightings(con, lambda entity: f'"new_{entity}"', entities)
    links = read_links(con, lambda entity: f'"new_{entity}"', entities)
    for entity in RECORDS:
        con.execute(f'drop table if exists "new_{entity}"')
    _merge_sightings(con, sightings)
    seeds = pl.concat(
        [
            sightings.select("identifier"),
            *(links.select(identifier=f"identifier_{end}") for end in "ab"),
            matched,
        ]
    ).unique()
    _reach(con, seeds.filter(kind_of(guards) != BLOCKED), decided)
    reached = _make_views_of_reached_rows(con)
    return Evidence(
        con.execute(
            "from identity.sightings where record in (select record from identity.sightings "
            "where identifier in (from reached))"
        )
        .pl()
        .select(SIGHTINGS.names())
        .cast(SIGHTINGS),
        read_links(con, lambda entity: f'"reached_{entity}"', reached),
        read_persons(con, lambda entity: f'"reached_{entity}"', reached),
        con.execute("from identity.matches where identifier_a in (from reached)")
        .pl()
        .select(MATCHES.names())
        .cast(MATCHES),
    )


def _make_views_of_new_rows(
    con: duckdb.DuckDBPyConnection, batches: dict[str, list[str]], entities: list[str]
) -> None:
    """Make a view or table ``new_<entity>`` of what must be read again of each entity.

    Of a record that came in a new batch every version, for a version that only repeats another
    counts once; of a browser all visits, for it may have been nobody's until now.
    """
    con.execute("create or replace temp table new_batches (entity varchar, batch_id varchar)")
    pairs = [(entity, batch) for entity, names in batches.items() for batch in names]
    if pairs:
        con.executemany("insert into new_batches values (?, ?)", pairs)
    for entity in entities:
        # rows of records are read three times, and of thirty columns half
        made = "table" if entity in RECORDS else "view"
        columns = ", ".join(f'"{name}"' for name in read_columns(CONTRACTS[entity]))
        con.execute(
            f'create or replace temp {made} "new_{entity}" as '  # noqa: S608
            f"select {columns} from {raw_table(entity)} "
            f"where {_read_again(con, CONTRACTS[entity])}"
        )


def _read_again(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """Return which rows of an entity are read again; of records the keys are looked up once."""
    new_rows = "batch_id in (select batch_id from new_batches where entity = '{}')".format
    is_new, table = new_rows(contract.name), raw_table(contract.name)
    browsers = [c.name for c in contract.columns if c.identifier in NO_PERSON_ALONE]
    if browsers:
        seen = f"select {browsers[0]} from {table} where {is_new}"  # noqa: S608
        return f"{is_new} or {browsers[0]} in ({seen})"
    if contract.name not in RECORDS:
        return is_new
    again = f"select distinct record_key from {table} where {is_new}"  # noqa: S608
    if contract.name == "contact":
        named = f"select record_key from {raw_table('account')} where {new_rows('account')}"  # noqa: S608
        again += f" or account_ref in ({named})"
    con.execute(f'create or replace temp table "keys_of_{contract.name}" as {again}')
    return f'record_key in (from "keys_of_{contract.name}")'


def _merge_sightings(con: duckdb.DuckDBPyConnection, new: pl.DataFrame) -> None:
    """Replace the sightings of records that were read again, widen the times of all others."""
    con.execute("delete from identity.sightings where record in (from profiled)")
    replaced = pl.col("record").str.extract(r"^([^:]*):", 1).is_in(RECORDS)
    insert(con, "sightings", new.filter(replaced))
    widened = new.filter(~replaced)
    if widened.is_empty():
        return
    con.register("came", widened.to_arrow())
    con.execute(
        """
        create or replace temp table merged as
        select
            identifier, any_value(id_type) as id_type, record, source,
            min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
        from (
            from came
            union all by name
            from identity.sightings semi join came using (identifier, record)
        )
        group by identifier, record, source
        """
    )
    con.unregister("came")
    con.execute(
        "delete from identity.sightings where row(identifier, record, source) in "
        "(select row(identifier, record, source) from merged)"
    )
    con.execute("insert into identity.sightings by name from merged")
    con.execute("drop table merged")


def _reach(con: duckdb.DuckDBPyConnection, seeds: pl.DataFrame, decided: pl.DataFrame) -> None:
    """Make the tables ``reached`` and ``concerned``.

    What becomes of an id no longer in use depends on all its last identifiers, wherever they
    are now: they are reached too.
    """
    con.register("seeds", seeds.select("identifier").to_arrow())
    con.execute(
        """
        create or replace temp table reached as
        from seeds
        union
        select identifier from identity.reach
        where reached_from in (
            select reached_from from identity.reach where identifier in (from seeds)
        )
        """
    )
    con.execute("create or replace temp table new_ones as from reached")
    con.unregister("seeds")
    con.register("decided", decided.select("identifier_a", "identifier_b").to_arrow())
    con.execute("create or replace temp table concerned (customer_id varchar)")
    decisions = (
        ""
        if decided.is_empty()
        else """
            union
            select unnest([identifier_a, identifier_b]) from decided
            where identifier_a in (from new_ones) or identifier_b in (from new_ones)"""
    )
    while len_of(con, "new_ones"):
        con.execute(
            """
            create or replace temp table concerned_too as
            select customer_id from identity.identifier_map where identifier in (from new_ones)
            union
            select customer_id from identity.customers where founder_identifier in (from new_ones)
            except
            from concerned
            """
        )
        con.execute("insert into concerned from concerned_too")
        con.execute(
            f"""
            create or replace temp table ends as
            select identifier from identity.identifier_map
            where customer_id in (from concerned_too)
            {decisions}
            except
            from reached
            """  # noqa: S608
        )
        if not len_of(con, "ends"):
            break
        con.execute(
            """
            create or replace temp table new_ones as
            from ends
            union
            select identifier from identity.reach
            where reached_from in (
                select reached_from from identity.reach where identifier in (from ends)
            )
            except
            from reached
            """
        )
        con.execute("insert into reached from new_ones")
    con.unregister("decided")
    for table in ("new_ones", "concerned_too", "ends"):
        con.execute(f"drop table if exists {table}")


def _make_views_of_reached_rows(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Make a view ``reached_<entity>`` of each entity with records reached; return those."""
    con.execute(
        """
        create or replace temp table reached_records as
        select
            split_part(identifier, ':', 1) as entity,
            substr(identifier, strpos(identifier, ':') + 1) as record_key
        from reached
        """
    )
    found = con.execute("select distinct entity from reached_records").fetchall()
    entities = [entity for entity in RECORDS if (entity,) in found]
    for entity in entities:
        con.execute(
            f'create or replace temp view "reached_{entity}" as '  # noqa: S608
            f"select * from {raw_table(entity)} where record_key in "
            f"(select record_key from reached_records where entity = '{entity}')"
        )
    return entities
