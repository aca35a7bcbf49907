-- Grain: one row per turn of a thread: the first of a run of messages from the same side.
with

interactions as (

    select * from {{ ref('fct_interactions') }}

),

tickets as (

    select * from {{ ref('stg_tickets') }}

),

ticket_events as (

    select * from {{ ref('stg_ticket_events') }}

),

-- the conversation about a ticket tells more than the events of the ticket
discussed_tickets as (

    select distinct ticket_id
    from interactions
    where ticket_id is not null and interaction_type = 'message'

),

conversations as (

    select distinct conversation_id
    from interactions
    where conversation_id is not null

),

messages as (

    select
        conversation_id as thread_id,
        interaction_id as message_id,
        channel,
        ticket_id,
        customer_id,
        agent_id,
        direction = 'inbound' as is_inbound,
        started_at as sent_at,
        turn_index,
        source
    from interactions
    where
        interaction_type = 'message'
        and direction in ('inbound', 'outbound')
        and not is_automated
        and not is_bot
        and conversation_id is not null

    union all by name

    select
        -- a source may number its tickets and conversations alike, and their events and messages
        case when conversations.conversation_id is not null then 'ticket:' else '' end
        || ticket_events.ticket_id as thread_id,
        case when namesakes.interaction_id is not null then 'ticket_event:' else '' end
        || ticket_events.ticket_event_id as message_id,
        coalesce(tickets.via_channel, 'unknown') as channel,
        ticket_events.ticket_id,
        case
            when ticket_events.actor_type = 'agent'
                then {{ agent_id('ticket_events.actor_ref') }}
        end as agent_id,
        coalesce(ticket_events.actor_type <> 'agent', true) as is_inbound,
        ticket_events.event_at as sent_at,
        ticket_events.source
    from ticket_events
    inner join tickets
        on ticket_events.ticket_id = tickets.ticket_id
    left join discussed_tickets
        on ticket_events.ticket_id = discussed_tickets.ticket_id
    left join conversations
        on ticket_events.ticket_id = conversations.conversation_id
    left join interactions as namesakes
        on ticket_events.ticket_event_id = namesakes.interaction_id
    {{ join_agent('ticket_events.actor_ref') }}
    where
        discussed_tickets.ticket_id is null
        and (
            ticket_events.event_type = 'created'
            or (ticket_events.event_type = 'comment' and ticket_events.is_public)
        )
        and ticket_events.actor_type is distinct from 'system'

),

with_previous as (

    select
        *,
        lag(is_inbound) over (
            partition by thread_id
            order by sent_at, turn_index nulls first, message_id
        ) as was_inbound
    from messages
    where sent_at is not null

),

turns as (

    select
        thread_id,
        message_id,
        channel,
        ticket_id,
        customer_id,
        agent_id,
        is_inbound,
        sent_at,
        source,
        row_number() over (
            partition by thread_id
            order by sent_at, turn_index nulls first, message_id
        ) as turn_number
    from with_previous
    where is_inbound is distinct from was_inbound

)

select * from turns
