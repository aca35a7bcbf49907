"""``raw`` and the current customers in, ``identity.person_accounts`` out: who works where, when."""

from __future__ import annotations

import duckdb

from ingest.from_contracts.schema import raw_table
from orchestration.identity.tables import count

_TIME = "coalesce(recorded_at, occurred_at)"

_ANY = """
    select
        exists (from identity.person_accounts)
        or exists (from identity.identifier_map where id_type in ('account', 'domain'))
"""
"""Whether there is a company, or was one: without it, all that is stated is not read."""


def write_person_accounts(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the table up to date; only rows that differ are written."""
    if not count(con, _ANY):
        return
    con.execute(f"create or replace temp table found_person_accounts as {_found()}")
    try:
        con.begin()
        try:
            for change in (
                "delete from identity.person_accounts where row({0}) in "
                "(select row({0}) from (from identity.person_accounts "
                "except from found_person_accounts))",
                "insert into identity.person_accounts by name (from found_person_accounts "
                "except from identity.person_accounts)",
            ):
                columns = (
                    "person_customer_id, account_customer_id, basis, valid_from, valid_to, evidence"
                )
                con.execute(change.format(columns))
        except BaseException:
            con.rollback()
            raise
        con.commit()
    finally:
        con.execute("drop table found_person_accounts")


def _found() -> str:
    """Return the query of all periods; those of one basis that touch or overlap are one."""
    return f"""
        with current_map as (
            select identifier, id_type, customer_id, first_seen_at
            from identity.identifier_map where is_current
        ),
        placed as (
            select
                person.customer_id as person_customer_id,
                company.customer_id as account_customer_id,
                basis, valid_from, valid_to, person_identifier
            from ({_by_reference()} union all {_by_address()}) as stated
            inner join current_map as person on person.identifier = person_identifier
            inner join current_map as company on company.identifier = company_identifier
            where person.customer_id <> company.customer_id
        ),
        begun as (
            select
                *,
                valid_from > max(coalesce(valid_to, 'infinity'::timestamp)) over (
                    partition by person_customer_id, account_customer_id, basis
                    order by valid_from nulls first, valid_to, person_identifier
                    rows between unbounded preceding and 1 preceding
                ) as is_new
            from placed
        ),
        numbered as (
            select
                *,
                count(*) filter (is_new) over (
                    partition by person_customer_id, account_customer_id, basis
                    order by valid_from nulls first, valid_to, person_identifier
                ) as period
            from begun
        )
        select
            person_customer_id, account_customer_id, basis,
            min(valid_from) as valid_from,
            if(bool_or(valid_to is null), null, max(valid_to)) as valid_to,
            min(person_identifier) as evidence
        from numbered
        group by person_customer_id, account_customer_id, basis, period
    """  # noqa: S608


def _by_reference() -> str:
    """Return the query of what contacts and converted leads state, version by version.

    A contact is at a company from the version that names it to the first that does not; the
    first version of all counts from the contact's creation. Versions of one moment are in the order
    of ``dbt_project/macros/current_versions.sql``, so that the last company is the one that marts
    show. What ended at a time that no source knows is left out: without an end it would hold.
    """
    return f"""
        select
            'contact:' || record_key as person_identifier,
            'account:' || account_ref as company_identifier,
            'account_ref' as basis,
            if(version = 1, least(occurred_at, stated_at), stated_at) as valid_from,
            lead(stated_at) over moves as valid_to
        from (
            select
                record_key, account_ref, occurred_at, {_TIME} as stated_at,
                row_number() over versions as version,
                version = 1 or account_ref is distinct from lag(account_ref) over versions as moved
            from {raw_table("contact")}
            window versions as (
                partition by record_key
                order by {_TIME} nulls first, recorded_at nulls first, file, position, record_hash
            )
        )
        where moved
        window moves as (partition by record_key order by version)
        qualify
            account_ref is not null
            and (lead(version) over moves is null or lead(stated_at) over moves is not null)
        union all
        select
            'lead:' || record_key, 'account:' || converted_account_ref, 'account_ref',
            min(coalesce(converted_at, {_TIME})), null
        from {raw_table("lead")}
        where converted_account_ref is not null
        group by all
    """  # noqa: S608


def _by_address() -> str:
    """Return the query of addresses at a company's domain; free mail is nobody's domain."""
    return """
        select
            address.identifier, domain.identifier, 'email_domain', address.first_seen_at, null
        from current_map as address
        inner join current_map as domain
            on domain.id_type = 'domain'
            and address.id_type = 'email'
            and domain.identifier = 'domain:' || regexp_extract(address.identifier, '[^@]*$')
    """
