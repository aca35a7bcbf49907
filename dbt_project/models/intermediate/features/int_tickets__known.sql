-- Grain: one row per version of a ticket and what it counts as: created, and open until solved.
{{ config(materialized='view') }}

with

tickets as (

    select * from {{ source('raw', 'ticket') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'ticket'

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

versions as (

    select
        coalesce(requesters.customer_id, organizations.customer_id) as customer_id,
        tickets.created_at as occurred_at,
        tickets.known_at as known_from,
        superseded.known_to,
        -- a version may state a solution that lies after the as_of: it was open until then
        case
            when tickets.status in ('solved', 'closed')
                then coalesce(tickets.solved_at, tickets.known_at)
        end as solved_at

    from tickets

    left join identifiers as requesters
        on tickets.requester_ref = requesters.identifier

    left join identifiers as organizations
        on 'account:' || tickets.organization_ref = organizations.identifier

    left join superseded
        on
            tickets.record_key = superseded.record_key
            and tickets.file = superseded.file
            and tickets.position = superseded.position
            and tickets.record_hash = superseded.record_hash
            and tickets.known_at = superseded.known_at

    where
        coalesce(requesters.customer_id, organizations.customer_id) is not null
        and tickets.is_deleted = false
        and tickets.merged_into_ref is null

),

known as (

    select
        customer_id,
        'ticket' as activity,
        cast(null as decimal(18, 4)) as amount,
        occurred_at,
        known_from,
        known_to
    from versions

    union all

    select
        customer_id,
        'ticket_open' as activity,
        cast(null as decimal(18, 4)) as amount,
        occurred_at,
        known_from,
        least(known_to, solved_at) as known_to
    from versions

)

select * from known
