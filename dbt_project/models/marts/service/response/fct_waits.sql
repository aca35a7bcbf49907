-- Grain: one row per time that a customer waited for a person to reply or to pick up.
with

waits as (

    select * from {{ ref('int_waits') }}

),

measured as (

    select * from {{ ref('int_service_minutes__summed') }}
    where measure = 'wait'

),

ticket_aliases as (

    select * from {{ ref('int_tickets__aliased') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

described as (

    select
        waits.wait_id,
        waits.thread_id,
        waits.ticket_id,
        coalesce(waits.customer_id, tickets.customer_id) as customer_id,
        waits.agent_id,
        waits.channel,
        coalesce(agents.team, tickets.group_name) as team,
        measured.first_schedule_key as schedule_key,
        waits.wait_index,
        measured.calendar_minutes,
        measured.business_minutes,
        waits.wait_index = 1 as is_first_reply,
        waits.answered_at is not null as is_answered,
        cast(
            {{ local_time('waits.waited_since', setting('time_zone')) }} as date
        ) as date_day,
        waits.waited_since,
        waits.answered_at,
        waits.source

    from waits

    left join measured
        on waits.wait_id = measured.subject_id

    left join ticket_aliases
        on waits.ticket_id = ticket_aliases.alias

    left join tickets
        on ticket_aliases.ticket_id = tickets.ticket_id

    left join agents
        on waits.agent_id = agents.agent_id

)

select * from described
