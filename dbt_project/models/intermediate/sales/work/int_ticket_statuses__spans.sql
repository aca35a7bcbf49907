-- Grain: one row per stay of one ticket in one status, the last one without an end.
with

tickets as (

    select * from {{ ref('fct_tickets') }}

),

status_events as (

    select
        ticket_id,
        value as step,
        previous_value,
        event_at,
        ticket_event_id
    from {{ ref('fct_ticket_events') }}
    where event_type = 'status' and value is not null

),

first_events as (

    select
        ticket_id,
        previous_value
    from status_events
    qualify row_number() over (
        partition by ticket_id
        order by event_at, ticket_event_id
    ) = 1

),

ticket_entries as (

    select
        tickets.ticket_id,
        coalesce(first_events.previous_value, 'new') as step,
        tickets.created_at as entered_at,
        '' as tie_break
    from tickets
    left join first_events
        on tickets.ticket_id = first_events.ticket_id
    where tickets.created_at is not null

    union all

    select
        status_events.ticket_id,
        status_events.step,
        status_events.event_at as entered_at,
        status_events.ticket_event_id as tie_break
    from status_events
    inner join tickets
        on status_events.ticket_id = tickets.ticket_id
    where status_events.event_at >= tickets.created_at

),

ticket_changes as (

    select
        *,
        lag(step) over (
            partition by ticket_id
            order by entered_at, tie_break
        ) as previous_step
    from ticket_entries

),

spans as (

    select
        ticket_id,
        step,
        entered_at,
        lead(entered_at) over (
            partition by ticket_id
            order by entered_at, tie_break
        ) as exited_at
    from ticket_changes
    where step is distinct from previous_step

)

select * from spans
