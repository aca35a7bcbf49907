-- Grain: one row per stay of one ticket in one status, of tickets whose source sends events.
with

tickets as (

    select * from {{ ref('stg_tickets') }}

),

ticket_events as (

    select * from {{ ref('stg_ticket_events') }}

),

status_events as (

    select *
    from ticket_events
    where event_type = 'status' and value is not null

),

first_events as (

    select
        ticket_events.ticket_id,
        min_by(
            ticket_events.previous_value, (ticket_events.event_at, ticket_events.ticket_event_id)
        ) filter (where ticket_events.event_type = 'status') as first_previous_value,
        min(ticket_events.event_at) filter (
            where ticket_events.event_type = 'status'
        ) as first_changed_at
    from ticket_events
    group by ticket_events.ticket_id

),

entries as (

    select
        ticket_id,
        value as status,
        event_at as entered_at,
        ticket_event_id as tie_break
    from status_events

    union all

    -- before its first change a ticket had what the change says it had, else it is as it was
    select
        tickets.ticket_id,
        case
            when first_events.first_changed_at is null then tickets.status
            else coalesce(first_events.first_previous_value, 'new')
        end as status,
        tickets.created_at as entered_at,
        '' as tie_break
    from tickets
    inner join first_events
        on tickets.ticket_id = first_events.ticket_id
    where
        first_events.first_changed_at is null
        or tickets.created_at < first_events.first_changed_at

),

spans as (

    select
        ticket_id,
        status,
        entered_at,
        lead(entered_at) over (
            partition by ticket_id
            order by entered_at, tie_break
        ) as exited_at
    from entries

)

select * from spans
