"""``raw`` in, what sources state outright out: who is whom, and what people are called."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import polars as pl

from ingest.from_contracts.schema import raw_table
from models_ml.identity.evidence import LINKS, PERSONS
from orchestration.identity.rows import RECORDS, TIME, Rows

_STATING_A_LINK = {
    "contact": "merged_into_ref is not null",
    "lead": "merged_into_ref is not null or converted_contact_ref is not null",
    "account": "merged_into_ref is not null",
}

_CURRENT = (
    "qualify row_number() over (partition by record_key order by recorded_at desc nulls last, "
    'file desc, "position" desc, record_hash desc) = 1'
)


def read_links(
    con: duckdb.DuckDBPyConnection, rows: Rows, entities: Collection[str]
) -> pl.DataFrame:
    """Return the links that sources state outright, columns of ``LINKS``."""
    parts = _links(rows, entities)
    return _read(con, _of_one_link(parts) if parts else None, LINKS)


def linking_entities(con: duckdb.DuckDBPyConnection, entities: Collection[str]) -> set[str]:
    """Return the entities of which any record states a link: on most days none has to be read."""
    asked = [
        f"select '{entity}' where exists (from {raw_table(entity)} where {stated})"
        for entity, stated in _STATING_A_LINK.items()
        if entity in entities
    ]
    if not asked:
        return set()
    return {entity for (entity,) in con.execute(" union all ".join(asked)).fetchall()}


def read_persons(
    con: duckdb.DuckDBPyConnection, rows: Rows, entities: Collection[str]
) -> pl.DataFrame:
    """Return every name a record ever had, columns of ``PERSONS``."""
    return _read(con, " union ".join(_persons(rows, entities)) or None, PERSONS)


def _read(con: duckdb.DuckDBPyConnection, query: str | None, schema: pl.Schema) -> pl.DataFrame:
    """Return what a query gives, in the columns of a schema; nothing if there is none to ask."""
    if query is None:
        return pl.DataFrame(schema=schema)
    return con.execute(query).pl().select(schema.names()).cast(schema)


def _links(rows: Rows, entities: Collection[str]) -> list[str]:
    """Return the queries of explicit links, as the current versions state them."""
    parts = [
        f"""
        select '{entity}:' || record_key as identifier_a,
            '{entity}:' || merged_into_ref as identifier_b, 'merged' as edge_type, source, moment
        from (select *, {TIME["state"]} as moment from {rows(entity)} {_CURRENT})
        where merged_into_ref is not null
        """  # noqa: S608
        for entity in RECORDS
        if entity in entities
    ]
    if "lead" in entities:
        parts.append(
            f"""
        select 'lead:' || record_key as identifier_a,
            'contact:' || converted_contact_ref as identifier_b, 'converted' as edge_type, source,
            coalesce(converted_at, {TIME["state"]}) as moment
        from (select * from {rows("lead")} {_CURRENT})
        where converted_contact_ref is not null
        """  # noqa: S608
        )
    return parts


def _of_one_link(parts: list[str]) -> str:
    return f"""
        select identifier_a, identifier_b, edge_type, source,
            split_part(identifier_a, ':', 1) as evidence,
            min(moment) as first_seen_at, max(moment) as last_seen_at
        from ({" union all by name ".join(parts)})
        group by all
    """  # noqa: S608


def _persons(rows: Rows, entities: Collection[str]) -> list[str]:
    """Return the queries of every name a record ever had; a company has a last name only."""
    names = {
        "contact": "first_name, last_name, birth_date",
        "lead": "first_name, last_name, null::date as birth_date",
        "account": "null as first_name, name as last_name, null::date as birth_date",
    }
    return [
        # distinct, for of one entity alone there is no union to make it so
        f"select distinct '{entity}:' || record_key as identifier, {stated} from {rows(entity)}"  # noqa: S608
        for entity, stated in names.items()
        if entity in entities
    ]
