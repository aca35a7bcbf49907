-- Grain: one row per ticket and stretch of time that one of its measures is made of.
with

tickets as (

    select * from {{ ref('int_tickets__timed') }}

),

status_spans as (

    select * from {{ ref('int_ticket_stays') }}

),

-- the measures of Zendesk: an agent waits for the requester, the requester for everything else
waits as (

    select
        ticket_id,
        unnest(case
            when status = 'pending' then ['agent_wait']
            when status = 'hold' then ['requester_wait', 'on_hold']
            when status in ('new', 'open') then ['requester_wait']
        end) as measure,
        entered_at as starts_at,
        coalesce(exited_at, greatest(entered_at, {{ as_of() }})) as ends_at
    from status_spans

),

unioned as (

    select
        ticket_id,
        'first_reply' as measure,
        created_at as starts_at,
        first_replied_at as ends_at
    from tickets

    union all

    select
        ticket_id,
        'first_resolution' as measure,
        created_at as starts_at,
        first_solved_at as ends_at
    from tickets

    union all

    select
        ticket_id,
        'full_resolution' as measure,
        created_at as starts_at,
        last_solved_at as ends_at
    from tickets

    union all

    select
        ticket_id,
        measure,
        starts_at,
        ends_at
    from waits

)

select *
from unioned
where ends_at >= starts_at
