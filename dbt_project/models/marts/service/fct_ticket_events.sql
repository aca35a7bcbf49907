-- Grain: one row per event of one ticket.
with

ticket_events as (

    select * from {{ ref('int_ticket_events__kept') }}

),

ticket_aliases as (

    select * from {{ ref('int_tickets__aliased') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

)

select
    ticket_events.ticket_event_id,
    ticket_events.ticket_id,
    tickets.customer_id,
    ticket_events.event_type,
    ticket_events.actor_type,
    case
        when ticket_events.event_type in ('status', 'priority', 'group', 'sla_applied')
            then ticket_events.value
    end as value,
    case
        when ticket_events.event_type in ('status', 'priority', 'group', 'sla_applied')
            then ticket_events.previous_value
    end as previous_value,
    ticket_events.is_public,
    ticket_events.event_at,
    ticket_events.source,
    ticket_events.known_at
from ticket_events
left join ticket_aliases
    on ticket_events.ticket_id = ticket_aliases.alias
left join tickets
    on ticket_aliases.ticket_id = tickets.ticket_id
