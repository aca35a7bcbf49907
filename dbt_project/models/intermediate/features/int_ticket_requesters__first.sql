-- Grain: one row per ticket that ever had a requester: the first, for that of a later version may
-- not be known yet.
{{ config(materialized='view') }}

with

tickets as (

    select * from {{ source('raw', 'ticket') }}

),

requesters as (

    select
        record_key as ticket_id,
        min_by(requester_ref, (known_at, record_hash)) as requester_ref,
        min(known_at) as known_at
    from tickets
    where requester_ref is not null
    group by record_key

)

select * from requesters
