"""A day's new rows in, the evidence of everybody they reach out: the rest stays as it was.

new rows ──► sightings, profiles, matches that change ──► all identifiers that any evidence
connects with them (``identity.reach``) ──► the whole evidence of these, a small company
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, Contract
from ingest.from_contracts.schema import raw_table
from models_ml.identity import Evidence, Guards
from models_ml.identity.evidence import MATCHES, SIGHTINGS
from models_ml.identity.screening import BLOCKED, kind_of
from orchestration.identity.changes import read_columns
from orchestration.identity.renewal import renew_matches
from orchestration.identity.rows import RECORDS
from orchestration.identity.sightings import NO_PERSON_ALONE, read_sightings
from orchestration.identity.statements import linking_entities, read_links, read_persons
from orchestration.identity.tables import insert, len_of


def read_increment(
    con: duckdb.DuckDBPyConnection,
    guards: Guards,
    batches: dict[str, list[str]],
    entities: Collection[str],
    decided: pl.DataFrame,
) -> Evidence | None:
    """Bring what is kept up to date with new batches; within a transaction of the caller.

    Parameters
    ----------
    batches
        Those that came, by entity.
    entities
        Those that have rows, new or not.
    decided
        Decisions in force; those they name are reached together.

    Returns
    -------
    Evidence or None
        All evidence of everybody the batches reach; their identifiers are in the temporary table
        ``reached``, the customers they ever were in ``concerned``, all rows of
        ``identity.identifier_map`` of either, with their ``place``, in ``known_map``, those of
        ``identity.reach`` in ``known_reach``. None if everybody has to be resolved again.
    """
    named = pl.concat([decided.select(identifier=f"identifier_{end}") for end in "ab"])
    if len(named) and named.select((kind_of(guards) == BLOCKED).any()).item():
        # a placeholder that a person has declared to be somebody's: reach ends at placeholders
        return None
    # the name of a company is part of what its contacts state
    read_again = sorted({*batches, *(["contact"] if "account" in batches else [])})
    _make_views_of_new_rows(con, batches, read_again)
    records = [one for one in RECORDS if one in read_again]
    known = _find_known_records(con, records)
    matched = renew_matches(con, guards, records, known=known)
    if matched is None:
        return None
    linking = linking_entities(con, entities)
    sightings = read_sightings(con, lambda entity: f'"new_{entity}"', read_again, guards)
    links = read_links(con, lambda entity: f'"new_{entity}"', set(read_again) & linking)
    for entity in records:
        con.execute(f'drop table "new_{entity}"')
    _merge_sightings(con, sightings, known)
    seeds = pl.concat(
        [
            sightings.select("identifier"),
            *(links.select(identifier=f"identifier_{end}") for end in "ab"),
            matched,
        ]
    ).unique()
    _reach(con, seeds.filter(kind_of(guards) != BLOCKED), decided)
    return Evidence(
        con.execute(
            "from identity.sightings where record in (select record from identity.sightings "
            "where identifier in (from reached))"
        )
        .pl()
        .select(SIGHTINGS.names())
        .cast(SIGHTINGS),
        read_links(con, _of_reached, linking),
        read_persons(con, _of_reached, [one for one in RECORDS if one in entities]),
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
    pairs = [(entity, batch) for entity, names in batches.items() for batch in names]
    con.execute(
        "create or replace temp table new_batches as "
        "select unnest($entities) as entity, unnest($batches) as batch_id",
        {"entities": [pair[0] for pair in pairs], "batches": [pair[1] for pair in pairs]},
    )
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
    """Return which rows of an entity are read again; of records the keys are looked up once.

    Rows are named by their places, for then DuckDB reads only the stretches of the table that have
    some: a day's rows are its last.
    """
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
    con.execute(
        f'create or replace temp table "rows_of_{contract.name}" as '  # noqa: S608
        f"select rowid as place, record_key, {is_new} as is_new from {table} "
        f"where record_key in ({again})"
    )
    return f'rowid in (select place from "rows_of_{contract.name}")'  # noqa: S608


def _find_known_records(con: duckdb.DuckDBPyConnection, records: list[str]) -> int:
    """Make the table ``known_records`` of those read again that an earlier run has read.

    On most days there are none, and then nothing that is kept of them has to be looked for.
    """
    found = [
        f"select distinct '{entity}:' || record_key as identifier "  # noqa: S608
        f'from "rows_of_{entity}" where is_new is not true'
        for entity in records
    ]
    if not found:
        return 0
    con.execute(f"create or replace temp table known_records as {' union all '.join(found)}")
    return len_of(con, "known_records")


def _merge_sightings(con: duckdb.DuckDBPyConnection, new: pl.DataFrame, known: int) -> None:
    """Replace the sightings of records that were read again, widen the times of all others."""
    if known:
        con.execute("delete from identity.sightings where record in (from known_records)")
    replaced = pl.col("record").str.extract(r"^([^:]*):", 1).is_in(RECORDS)
    insert(con, "sightings", new.filter(replaced))
    widened = new.filter(~replaced)
    if widened.is_empty():
        return
    came = widened.to_arrow()  # noqa: F841 - read by the query
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
    con.execute(
        "delete from identity.sightings where row(identifier, record, source) in "
        "(select row(identifier, record, source) from merged)"
    )
    con.execute("insert into identity.sightings by name from merged")
    con.execute("drop table merged")


def _reach(con: duckdb.DuckDBPyConnection, seeds: pl.DataFrame, decided: pl.DataFrame) -> None:
    """Make the tables ``reached``, ``known_reach``, ``concerned`` and ``known_map``.

    What becomes of an id no longer in use depends on all its last identifiers, wherever they
    are now: they are reached too.
    """
    new_ones = seeds.select("identifier")
    con.execute("create or replace temp table reached (identifier varchar)")
    con.execute(
        "create or replace temp table known_reach "
        "(place bigint, identifier varchar, reached_from varchar)"
    )
    con.execute("create or replace temp table concerned (customer_id varchar)")
    while True:
        ends = new_ones.to_arrow()  # noqa: F841 - read by the statement
        con.execute(_ADD_KNOWN_REACH)
        con.execute(_ADD_REACHED)
        con.execute(_ADD_CONCERNED)
        con.execute(_MAP_OF_CONCERNED)
        others = con.execute(_REACHED_BY_CONCERNED).pl()
        if len(decided):
            others = pl.concat([others, _decided_with_reached(con, decided)])
        if others.is_empty():
            return
        new_ones = others.unique()


_ADD_KNOWN_REACH = """
    insert into known_reach
    select rowid, identifier, reached_from from identity.reach
    where reached_from in (
        select reached_from from identity.reach where identifier in (from ends)
    )
    except
    from known_reach
"""

_ADD_REACHED = """
    insert into reached
    from ends
    union
    select identifier from known_reach
    except
    from reached
"""

_ADD_CONCERNED = """
    insert into concerned
    select customer_id from identity.identifier_map where identifier in (from reached)
    union
    select customer_id from identity.customers where founder_identifier in (from reached)
    except
    from concerned
"""

_MAP_OF_CONCERNED = """
    create or replace temp table known_map as
    select rowid as place, * from identity.identifier_map
    where customer_id in (from concerned)
"""

_REACHED_BY_CONCERNED = """
    select distinct identifier from known_map anti join reached using (identifier)
"""


def _decided_with_reached(con: duckdb.DuckDBPyConnection, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the identifiers not reached that a decision names together with one that is."""
    ends = decided.select("identifier_a", "identifier_b").to_arrow()  # noqa: F841 - read by the query
    return con.execute(
        """
        select unnest([identifier_a, identifier_b]) as identifier from ends
        where identifier_a in (from reached) or identifier_b in (from reached)
        except
        from reached
        """
    ).pl()


def _of_reached(entity: str) -> str:
    """Return the rows of the records reached."""
    return (
        f"(select * from {raw_table(entity)} where record_key in "  # noqa: S608
        f"(select substr(identifier, {len(entity) + 2}) from reached "
        f"where starts_with(identifier, '{entity}:')))"
    )
