-- Grain: one row per version of an interaction between a person and a customer, with the time
-- in which it was the known one.
{{ config(materialized='view') }}

with

interactions as (

    select
        *,
        coalesce(
            customer_ref,
            case direction when 'inbound' then from_ref when 'outbound' then to_refs[1] end
        ) as customer_side_ref
    from {{ source('raw', 'interaction') }}

),

-- a help desk's answers may name the ticket alone
requesters as (

    select * from {{ ref('int_ticket_requesters__first') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'interaction'

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

known as (

    select
        identifiers.customer_id,
        case
            when interactions.channel = 'email' then 'email_' || interactions.direction
            when interactions.channel <> 'phone' then 'message_' || interactions.direction
            when interactions.outcome = 'answered' or interactions.answered_at is not null
                then 'call_' || interactions.direction || '_answered'
            else 'call_' || interactions.direction || '_missed'
        end as activity,
        cast(null as decimal(18, 4)) as amount,
        interactions.started_at as occurred_at,
        case
            when interactions.customer_side_ref is null
                then greatest(interactions.known_at, requesters.known_at)
            else interactions.known_at
        end as known_from,
        superseded.known_to

    from interactions

    left join requesters
        on interactions.ticket_ref = requesters.ticket_id

    inner join identifiers
        on
            coalesce(interactions.customer_side_ref, requesters.requester_ref)
            = identifiers.identifier

    left join superseded
        on
            interactions.record_key = superseded.record_key
            and interactions.file = superseded.file
            and interactions.position = superseded.position
            and interactions.record_hash = superseded.record_hash
            and interactions.known_at = superseded.known_at

    where
        interactions.direction in ('inbound', 'outbound')
        and interactions.interaction_type not in ('bounce', 'auto_reply', 'opt_out', 'note', 'task')
        and coalesce(interactions.is_automated, false) = false
        and coalesce(interactions.is_bot, false) = false
        and interactions.is_deleted = false
        and interactions.merged_into_ref is null

)

select * from known
