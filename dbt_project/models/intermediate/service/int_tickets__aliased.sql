-- Grain: one row per ticket, those that were merged into another too, with the one that is left.
{{ config(materialized='view') }}

with recursive

tickets as (

    select * from {{ ref('stg_tickets') }}

),

merged as (

    select
        record_key as ticket_id,
        merged_into_ref as into_ticket_id
    from (
        select versions.*
        from {{ source('raw', 'ticket') }} as versions
        where
            versions.record_key in (
                select gone.record_key
                from {{ source('raw', 'ticket') }} as gone
                where gone.merged_into_ref is not null
            )
        qualify {{ is_last_version('versions.') }}
    ) as last_versions
    where merged_into_ref is not null

),

-- rows that are there already are not followed again: two that say they became each other end it
followed as (

    select
        ticket_id as alias,
        into_ticket_id as ticket_id
    from merged
    union
    select
        followed.alias,
        merged.into_ticket_id as ticket_id
    from followed
    inner join merged
        on followed.ticket_id = merged.ticket_id

),

aliased as (

    select
        ticket_id as alias,
        ticket_id
    from tickets
    union all
    select
        followed.alias,
        followed.ticket_id
    from followed
    inner join tickets
        on followed.ticket_id = tickets.ticket_id

)

select * from aliased
