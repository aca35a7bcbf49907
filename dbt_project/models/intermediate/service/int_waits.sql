-- Grain: one row per time that a customer waited for a person to reply or to pick up.
with

turns as (

    select * from {{ ref('int_threads__turns') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

deleted_tickets as (

    select * from {{ ref('int_tickets__deleted') }}

),

with_answer as (

    select
        message_id as wait_id,
        thread_id,
        channel,
        ticket_id,
        customer_id,
        is_inbound,
        sent_at as waited_since,
        lead(sent_at) over in_thread as answered_at,
        lead(agent_id) over in_thread as agent_id,
        row_number() over (
            partition by thread_id, is_inbound
            order by turn_number
        ) as wait_index,
        source
    from turns
    window in_thread as (
        partition by thread_id
        order by turn_number
    )

),

waits as (

    select
        wait_id,
        thread_id,
        channel,
        ticket_id,
        customer_id,
        agent_id,
        wait_index,
        waited_since,
        answered_at,
        source
    from with_answer
    where is_inbound

    union all by name

    -- who calls, or asks for a chat, waits until somebody picks up
    select
        interaction_id as wait_id,
        interaction_id as thread_id,
        channel,
        ticket_id,
        customer_id,
        agent_id,
        1 as wait_index,
        started_at as waited_since,
        case
            when coalesce(outcome, 'answered') = 'answered'
                then coalesce(answered_at, started_at + to_seconds(wait_s))
        end as answered_at,
        source
    from interactions
    where
        interaction_type in ('call', 'chat')
        and direction = 'inbound'
        and not is_automated
        and not is_bot
        and started_at is not null
        -- of a call that was answered nobody knows when, the wait is not known, and is no open one
        and (
            coalesce(outcome, 'answered') <> 'answered'
            or answered_at is not null
            or wait_s is not null
        )

),

-- who deletes a ticket (spam, a test) means that nobody waits for an answer to it
with_ticket as (

    select waits.*
    from waits
    left join deleted_tickets
        on waits.ticket_id = deleted_tickets.ticket_id
    where deleted_tickets.ticket_id is null

)

select * from with_ticket
