"""``raw`` in, who was seen where and when out; the SQL follows from the contracts' own words.

A row with identifiers says that they are one person's, a contact or lead is one itself, and
every reference to a person says that there is such a person. Our own colleagues are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS, Column, Contract
from models_ml.identity.evidence import SIGHTINGS
from models_ml.identity.guards import Guards
from orchestration.identity.rows import RECORDS, TIME, Rows
from orchestration.identity.tax_countries import (
    NAMES_NOBODY,
    as_written,
    blocked_numbers,
    of_country,
)

NO_PERSON_ALONE = ("anonymous_id", "device")
"""Identifiers that tell nothing while nobody has logged in or left an address with them."""

_CUSTOMER_SIDE = {"from_ref": "inbound", "to_refs": "outbound"}
"""Columns of interactions that name customers in one direction and colleagues in the other."""

_OF_A_COMPANY = {
    "domain": "'domain:' || nullif(regexp_extract(regexp_replace(lower(trim(coalesce(domain, "
    "website))), '^[a-z]+://|^[^/]*@', ''), '^(?:www[0-9]*\\.)?([^/:?#]+\\.[^/:?#.]{2,})', 1), '')",
    "tax_number": f"'tax_number:' || {as_written('tax_number', 'billing_country')}",
    "tax_number_of_country": f"'tax_number:' || {of_country('tax_number', 'billing_country')}",
}
"""What names a company: its web domain, and its tax number, also as its country writes it."""

_COLLEAGUES = """
    select 'email:' || lower(trim(email)) as identifier from raw.agent
    union select 'phone:' || trim(phone) from raw.agent
    union select 'phone:' || regexp_replace(phone, '[^0-9+]', '', 'g') from raw.agent
    union select id_type || ':' || record_key
        from raw.agent, (values ('user_id'), ('contact'), ('social')) as types(id_type)
"""

_AT_OURS = """
    starts_with(identifier, 'email:')
    and len(list_filter(
        $domains::varchar[],
        lambda ours: regexp_extract(identifier, '[^@]*$') = ours
            or ends_with(identifier, '.' || ours)
    )) > 0
"""


def read_sightings(
    con: duckdb.DuckDBPyConnection, rows: Rows, entities: Collection[str], guards: Guards
) -> pl.DataFrame:
    """Return who was seen where, in every version of every record, columns of ``SIGHTINGS``.

    Grouped in DuckDB: ten million web events become as many rows as there are different
    combinations of identifiers in them.
    """
    parts = [part for entity in entities for part in _sightings(CONTRACTS[entity], rows)]
    if not parts:
        return pl.DataFrame(schema=SIGHTINGS)
    (domains, has_colleagues) = con.execute(
        "select coalesce(max(value), '[]'), exists(from raw.agent) "
        "from meta.settings where name = 'company_domains'"
    ).fetchone() or ("[]", True)
    ours = json.loads(domains)
    asked = {"domains": ours} if ours else {}
    if "account" in entities:
        asked[NAMES_NOBODY] = blocked_numbers(guards)
    sightings = con.execute(
        f"""
        with seen as (
            select identifier, record, source, min(first_at) as first_seen_at,
                max(last_at) as last_seen_at
            from ({" union all by name ".join(parts)})
            where identifier is not null
            group by all
        )
        select split_part(identifier, ':', 1) as id_type, *
        from seen
        {f"anti join ({_COLLEAGUES}) using (identifier)" if has_colleagues else ""}
        {f"where not ({_AT_OURS})" if ours else ""}
        """,  # noqa: S608
        asked,
    ).pl()
    return sightings.select(SIGHTINGS.names()).cast(SIGHTINGS)


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
                min({TIME["state"]}) as stated_at
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
            min({TIME[contract.kind]}) as first_at, max({TIME[contract.kind]}) as last_at
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
            coalesce(first_seen_at, {TIME["event"]}) as first_at,
            coalesce(last_seen_at, first_seen_at, {TIME["event"]}) as last_at
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
    time = TIME["event"]
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
