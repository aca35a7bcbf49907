-- Grain: one row per customer, invoice, ticket or meeting that somebody has to see to.
with

touches as (

    select * from {{ ref('int_last_touches__summed') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

receivables as (

    select * from {{ ref('receivables') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

ticket_events as (

    select
        ticket_id,
        max(event_at) as last_event_at
    from {{ ref('stg_ticket_events') }}
    where event_at <= {{ as_of() }}
    group by ticket_id

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

-- a call that somebody took is its own answer
replies_owed as (

    select
        'reply_owed' as reason_code,
        'interaction' as entity_type,
        last_inbound_id as entity_id,
        customer_id,
        coalesce(last_inbound_agent_id, last_agent_id) as agent_id,
        last_inbound_at as anchor_at
    from touches
    where
        coalesce(last_inbound_at > last_touched_at, true)
        and last_inbound_at is not null
        and (
            last_inbound_type not in ('call', 'chat')
            or coalesce(last_inbound_outcome <> 'answered', false)
        )
        and last_inbound_at > {{ as_of() }} - interval '30' day

),

unioned as (

    select * from replies_owed

    union all by name

    select
        'invoice_overdue' as reason_code,
        'invoice' as entity_type,
        invoice_id as entity_id,
        customer_id,
        open_amount_base as value_base,
        cast(due_date + interval '1' day as timestamp) as anchor_at
    from receivables
    where is_overdue

    union all by name

    select
        'ticket_pending_customer' as reason_code,
        'ticket' as entity_type,
        tickets.ticket_id as entity_id,
        tickets.customer_id,
        tickets.agent_id,
        coalesce(ticket_events.last_event_at, tickets.created_at) as anchor_at
    from tickets
    left join ticket_events
        on tickets.ticket_id = ticket_events.ticket_id
    where tickets.status = 'pending'

    union all by name

    select
        'meeting_ahead' as reason_code,
        'interaction' as entity_type,
        interaction_id as entity_id,
        customer_id,
        agent_id,
        started_at as anchor_at
    from interactions
    where
        interaction_type = 'meeting'
        and started_at > {{ as_of() }}
        and known_at <= {{ as_of() }}
        and coalesce(lower(outcome) not in ('canceled', 'cancelled', 'failed'), true)

),

described as (

    select
        unioned.reason_code,
        unioned.entity_type,
        unioned.entity_id,
        unioned.customer_id,
        unioned.customer_id as contact_customer_id,
        coalesce(unioned.agent_id, customers.owner_id) as agent_id,
        cast(null as varchar) as next_step,
        unioned.value_base,
        unioned.anchor_at
    from unioned
    inner join customers
        on unioned.customer_id = customers.customer_id

)

select * from described
