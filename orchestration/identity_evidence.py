"""``raw`` in, the evidence of who is who out; the SQL follows from the contracts' own words.

A row with identifiers says that they are one person's, a contact or lead is one itself, and
every reference to a person says that there is such a person. Our own colleagues are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, Column, Contract
from ingest.schema import raw_table
from models_ml.identity import Evidence
from models_ml.identity.evidence import LINKS, PERSONS, SIGHTINGS

RECORDS = ("contact", "lead", "account")
"""Entities whose records are people or organizations themselves."""

NO_PERSON_ALONE = ("anonymous_id", "device")
"""Identifiers that tell nothing while nobody has logged in or left an address with them."""

_CUSTOMER_SIDE = {"from_ref": "inbound", "to_refs": "outbound"}
"""Columns of interactions that name customers in one direction and colleagues in the other."""

# Never ingested_at: the founder of a customer follows from these times, and the same data must
# give the same customers whenever it is loaded.
_TIME = {
    "event": "coalesce(occurred_at, recorded_at)",
    "state": "coalesce(recorded_at, occurred_at)",
}

_CURRENT = (
    "qualify row_number() over (partition by record_key order by recorded_at desc nulls last, "
    'file desc, "position" desc, record_hash desc) = 1'
)

_OF_A_COMPANY = {
    "domain": "'domain:' || nullif(regexp_extract(regexp_replace(lower(trim(coalesce(domain, "
    "website))), '^[a-z]+://|^[^/]*@', ''), '^(?:www[0-9]*\\.)?([^/:?#]+\\.[^/:?#.]{2,})', 1), '')",
    "tax_number": "'tax_number:' || "
    "nullif(regexp_replace(upper(tax_number), '[^0-9A-Z]', '', 'g'), '')",
}
"""What names a company: its web domain, its tax number."""

_COLLEAGUES = """
    select 'email:' || lower(trim(email)) as identifier from raw.agent
    union select 'phone:' || trim(phone) from raw.agent
    union select 'phone:' || regexp_replace(phone, '[^0-9+]', '', 'g') from raw.agent
    union select id_type || ':' || record_key
        from raw.agent, (values ('user_id'), ('contact'), ('social')) as types(id_type)
"""


Rows = Callable[[str], str]
"""Where the rows of an entity are read: ``raw`` itself, or a view of some of them."""


def read_evidence(
    con: duckdb.DuckDBPyConnection,
    rows: Rows = raw_table,
    entities: Collection[str] = tuple(CONTRACTS),
) -> Evidence:
    """Collect the evidence of every version of every record.

    Parameters
    ----------
    entities
        Those that have rows to read: to plan a statement over all of them takes a tenth of a
        second.

    Returns
    -------
    Evidence
        Grouped in DuckDB: ten million web events become as many rows as there are different
        combinations of identifiers in them.
    """
    parts = [part for entity in entities for part in _sightings(CONTRACTS[entity], rows)]
    if not parts:
        return Evidence(*(pl.DataFrame(schema=of) for of in (SIGHTINGS, LINKS, PERSONS)))
    domains = con.execute(
        "select coalesce(max(value), '[]') from meta.settings where name = 'company_domains'"
    ).fetchone()
    sightings = con.execute(
        f"""
        with seen as (
            select identifier, record, source, min(first_at) as first_seen_at,
                max(last_at) as last_seen_at
            from ({" union all by name ".join(parts)})
            where identifier is not null
            group by all
        ),
        colleagues as ({_COLLEAGUES})
        select split_part(identifier, ':', 1) as id_type, *
        from seen
        anti join colleagues using (identifier)
        where not (
            starts_with(identifier, 'email:')
            and len(list_filter(
                $domains::varchar[],
                lambda ours: regexp_extract(identifier, '[^@]*$') = ours
                    or ends_with(identifier, '.' || ours)
            )) > 0
        )
        """,  # noqa: S608
        {"domains": json.loads(domains[0]) if domains else []},
    ).pl()
    return Evidence(
        sightings.select(SIGHTINGS.names()).cast(SIGHTINGS),
        read_links(con, rows, entities),
        read_persons(con, rows, entities),
    )


def read_links(
    con: duckdb.DuckDBPyConnection, rows: Rows, entities: Collection[str]
) -> pl.DataFrame:
    """Return what sources state outright, columns of ``LINKS``."""
    parts = _links(rows, entities)
    if not parts:
        return pl.DataFrame(schema=LINKS)
    return con.execute(_of_one_link(parts)).pl().select(LINKS.names()).cast(LINKS)


def read_persons(
    con: duckdb.DuckDBPyConnection, rows: Rows, entities: Collection[str]
) -> pl.DataFrame:
    """Return every name a record ever had, columns of ``PERSONS``."""
    parts = _persons(rows, entities)
    if not parts:
        return pl.DataFrame(schema=PERSONS)
    return con.execute(" union ".join(parts)).pl().select(PERSONS.names()).cast(PERSONS)


def _sightings(contract: Contract, rows: Rows) -> list[str]:
    """Return the queries of one entity: identifier, record, source, first_at, last_at."""
    parts = []
    stated = {column.name: _typed(column) for column in contract.columns if column.identifier}
    if contract.name == "account":
        stated |= _OF_A_COMPANY
    if contract.name in RECORDS:
        parts.append(_of_a_person(contract, stated, rows))
    elif stated:
        parts.append(_of_a_visitor(contract, stated, rows))
    if contract.name == "identifier":
        parts.append(_as_stated(contract, rows))
    parts += [
        _reference(contract, column, rows) for column in contract.columns if is_person(column)
    ]
    return parts


def _of_a_person(contract: Contract, stated: dict[str, str], rows: Rows) -> str:
    """Return the query of a record that is somebody: itself and what its versions state."""
    own = f"'{contract.name}:' || record_key"
    columns = [f"{value} as {name}_stated" for name, value in stated.items()]
    others = ", ".join(f"({name}_stated, stated_at)" for name in stated)
    # A version that only repeats another counts once, at its first time: which of the repeats
    # are stored depends on the order in which files arrive.
    return f"""
        select entry.identifier, {own} as record, source,
            entry.first_at, stated_at as last_at
        from (
            select record_key, source, record_hash, {", ".join([*columns, "occurred_at"])},
                min({_TIME["state"]}) as stated_at
            from {rows(contract.name)}
            group by all
        ), lateral (values
            ({own}, least(occurred_at, stated_at)){", " + others if others else ""}
        ) as entry(identifier, first_at)
    """  # noqa: S608


def _of_a_visitor(contract: Contract, stated: dict[str, str], rows: Rows) -> str:
    """Return the query of events with identifiers, one record per combination of them.

    Visitors of whom nothing but the browser is known are nobody yet; of those who are
    somebody, all visits count for the time they were first seen.
    """
    telling = [
        column.name
        for column in contract.columns
        if column.identifier and column.identifier not in NO_PERSON_ALONE
    ]
    browsers = [name for name in stated if name not in telling]
    combinations = f"""
        select {", ".join(f"{value} as {name}" for name, value in stated.items())}, source,
            min({_TIME[contract.kind]}) as first_at, max({_TIME[contract.kind]}) as last_at
        from {rows(contract.name)}
        where is_bot is distinct from true
        group by all
    """  # noqa: S608
    somebody = f"coalesce({', '.join(telling)}) is not null"
    return f"""
        (with combination as materialized ({combinations}),
        told as (
            -- the same combination is the same record in every run
            select *, '{contract.name}:' || hash({", ".join([*stated, "source"])}) as record
            from combination where {somebody}
        )
        select unnest([{", ".join(stated)}]) as identifier, record, source, first_at, last_at
        from told
        union all by name
        select {browsers[0]} as identifier, {browsers[0]} as record, source, first_at, last_at
        from combination
        semi join told using ({browsers[0]})
        where not ({somebody}))
    """  # noqa: S608


def _as_stated(contract: Contract, rows: Rows) -> str:
    """Return the query of a source's own statement that two identifiers are one person's."""
    return f"""
        select
            unnest([person_ref, if(starts_with(id_value, id_type || ':'), id_value,
                id_type || ':' || id_value)]) as identifier,
            'identifier:' || record_key as record, source,
            coalesce(first_seen_at, {_TIME["event"]}) as first_at,
            coalesce(last_seen_at, first_seen_at, {_TIME["event"]}) as last_at
        from {rows(contract.name)}
    """  # noqa: S608


def _reference(contract: Contract, column: Column, rows: Rows) -> str:
    """Return the query of a reference: it says that there is such a person, and no more."""
    name = f'"{column.name}"'
    identifier = name if column.ref == "person" else f"'{column.ref}:' || {name}"
    if column.type == "text[]":
        identifier = f"unnest({name})"
    conditions = []
    if contract.name == "interaction":
        conditions.append("is_bot is distinct from true")
    if contract.name == "interaction" and column.name in _CUSTOMER_SIDE:
        conditions.append(f"direction = '{_CUSTOMER_SIDE[column.name]}'")
    time = _TIME["event"]
    return f"""
        select identifier, 'reference:' || identifier as record, source,
            min(moment) as first_at, max(moment) as last_at
        from (
            select {identifier} as identifier, source, {time} as moment
            from {rows(contract.name)}
            {"where " + " and ".join(conditions) if conditions else ""}
        )
        group by all
    """  # noqa: S608


def is_person(column: Column) -> bool:
    """Return whether a column refers to a person or company."""
    return column.ref == "person" or column.ref in RECORDS


def _typed(column: Column) -> str:
    """Return the typed form of an identifier column; e-mail and phone are stored bare."""
    if column.identifier in ("email", "phone"):
        return f"'{column.identifier}:' || {column.name}"
    return column.name


def _links(rows: Rows, entities: Collection[str]) -> list[str]:
    """Return the queries of explicit links, as the current versions state them."""
    parts = [
        f"""
        select '{entity}:' || record_key as identifier_a,
            '{entity}:' || merged_into_ref as identifier_b, 'merged' as edge_type, source, moment
        from (select *, {_TIME["state"]} as moment from {rows(entity)} {_CURRENT})
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
            coalesce(converted_at, {_TIME["state"]}) as moment
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
