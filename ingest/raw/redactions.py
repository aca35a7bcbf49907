"""Messages whose text their source took back in; the same rows without it, in every version, out.

A source says so in the version it gives afterwards (``interaction.is_redacted``), or in an event of
the ticket (``redacted``, of which the value is the message). Raw keeps what it was told, except for
this: of a message that was redacted only the last version that says so keeps its text, and none
that was told before the last such event. Rows, times and lineage stay, and so does the hash of what
a row said: told the same again, it is a copy.

It is done whenever rows are stored, as the old text may come, or come again, after it was taken
back.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from ingest.from_contracts.schema import raw_table
from ingest.sources.redacted import REDACTED

_READS = ("interaction", "ticket", "ticket_event")

_INTERACTION, _TICKET, _EVENT = map(raw_table, _READS)
_ATTACHMENT = raw_table("attachment")

_TOLD = f"""
    select split_part(record_key, ':', 1) || ':' || value as record_key, file, position, batch_id
    from {_EVENT}
    where event_type = 'redacted' and value is not null
"""  # noqa: S608

_REDACTED = f"""
    select record_key, batch_id from {_INTERACTION} where is_redacted
    union all
    select record_key, batch_id from ({_TOLD})
"""  # noqa: S608

_CONCERNED = f"""
    with redacted as materialized ({_REDACTED})
    select record_key from redacted where batch_id = $batch_id
    union
    select record_key from {_INTERACTION}
    where batch_id = $batch_id and record_key in (select record_key from redacted)
"""  # noqa: S608

_LAST = """
    row_number() over (
        partition by record_key
        order by recorded_at desc nulls last, file desc, position desc, record_hash desc
    ) = 1
"""
"""The order of ``dbt_project/macros/current_versions.sql``."""

_TAKE_TEXTS = f"""
    with told as (
        select record_key, count(*) as times, max((file, position)) as last_place
        from ({_TOLD})
        group by record_key
    ),
    versions as (
        select
            version.rowid as place,
            version.record_key,
            (version.file, version.position) as told_at,
            coalesce(version.is_redacted, false) as is_redacted,
            {_LAST} as is_last,
            row_number() over (
                partition by version.record_key, coalesce(version.is_redacted, false)
                order by version.recorded_at desc nulls last, version.file desc,
                    version.position desc, version.record_hash desc
            ) as rank
        from {_INTERACTION} as version
        where version.record_key in (select record_key from concerned)
    ),
    losing as (
        select versions.place, versions.is_last
        from versions
        left join told using (record_key)
        -- of several redactions a version from before the last may hold what that one took
        where not (
            versions.is_redacted
            and versions.rank = 1
            and (coalesce(told.times, 0) <= 1 or versions.told_at > told.last_place)
        )
    )
    update {_INTERACTION} as interaction
    set
        body_text = null,
        body_hash = null,
        attributes = null,
        -- the current subject is in published tables, which are not made anew for it
        subject = case when losing.is_last then interaction.subject end
    from losing
    where interaction.rowid = losing.place
        and (
            interaction.body_text is not null
            or interaction.body_hash is not null
            or interaction.attributes is not null
            or (interaction.subject is not null and not losing.is_last)
        )
"""  # noqa: S608

_TAKE_DESCRIPTIONS = f"""
    update {_TICKET}
    set attributes = json_merge_patch(attributes, '{{"description": null}}')
    where record_key in (
            select ticket_ref from {_INTERACTION}
            where record_key in (select record_key from concerned)
            union all
            select message.ticket_ref
            from {_INTERACTION} as message
            inner join {_TICKET} as ticket
                on message.ticket_ref = ticket.record_key
            where ticket.batch_id = $batch_id
                and message.record_key in (select record_key from ({_REDACTED}))
        )
        and json_extract_string(attributes, '$.description') is not null
        and not contains(json_extract_string(attributes, '$.description'), $redacted)
"""  # noqa: S608


_TAKE_NAMES = f"""
    update {_ATTACHMENT}
    set file_name = null, attributes = null
    where interaction_ref in (
            select record_key from {_INTERACTION} where is_redacted and is_deleted
        )
        and (file_name is not null or attributes is not null)
"""  # noqa: S608
"""What came with a message that was deleted as a whole; a redaction names what it takes."""


def take_back_texts(con: duckdb.DuckDBPyConnection, batch_id: str, stored: Collection[str]) -> None:
    """Remove the texts of redacted messages, within the transaction of ``con``.

    Parameters
    ----------
    batch_id
        What was stored last: messages that it does not touch are as they were left.
    stored
        The entities of its rows.
    """
    if not set(stored) & {*_READS, "attachment"}:
        return
    if con.execute(f"select exists({_REDACTED})").fetchone() == (False,):
        return
    concerned = con.execute(_CONCERNED, {"batch_id": batch_id}).to_arrow_table()
    if concerned.num_rows:
        con.execute(_TAKE_TEXTS)
    if concerned.num_rows or "attachment" in stored:
        con.execute(_TAKE_NAMES)
    if concerned.num_rows or "ticket" in stored:
        con.execute(_TAKE_DESCRIPTIONS, {"batch_id": batch_id, "redacted": REDACTED})
