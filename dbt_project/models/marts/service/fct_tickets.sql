-- Grain: one row per ticket.
with

tickets as (

    select * from {{ ref('stg_tickets') }}

),

ticket_events as (

    select * from {{ ref('stg_ticket_events') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

events_summed as (

    select
        ticket_events.ticket_id,
        min(ticket_events.event_at) filter (
            where ticket_events.event_type = 'comment'
            and ticket_events.is_public
            and ticket_events.actor_type = 'agent'
            and ticket_events.event_at > tickets.created_at
        ) as first_replied_at,
        count(*) filter (
            where ticket_events.event_type = 'comment'
            and ticket_events.is_public
            and ticket_events.actor_type = 'agent'
        ) as reply_count,
        count(*) filter (
            where ticket_events.event_type = 'status'
            and ticket_events.previous_value in ('solved', 'closed')
            and ticket_events.value not in ('solved', 'closed')
        ) as reopened_count,
        min(ticket_events.event_at) filter (
            where ticket_events.event_type = 'status'
            and ticket_events.value in ('solved', 'closed')
        ) as first_solved_at,
        -- solved last: the latest step from unsolved to solved, not the closing that follows it
        max(ticket_events.event_at) filter (
            where ticket_events.event_type = 'status'
            and ticket_events.value in ('solved', 'closed')
            and coalesce(ticket_events.previous_value, 'open') not in ('solved', 'closed')
        ) as last_solved_at
    from ticket_events
    inner join tickets
        on ticket_events.ticket_id = tickets.ticket_id
    group by ticket_events.ticket_id

),

-- tickets whose source sends no events may still have the conversation about them
replies_summed as (

    select
        interactions.ticket_id,
        min(interactions.started_at) filter (
            where interactions.started_at > tickets.created_at
        ) as first_replied_at,
        count(*) as reply_count
    from interactions
    inner join tickets
        on interactions.ticket_id = tickets.ticket_id
    where interactions.direction = 'outbound' and not interactions.is_automated
    group by interactions.ticket_id

),

timed as (

    select
        tickets.*,
        tickets.status in ('solved', 'closed') as is_solved,
        coalesce(
            events_summed.first_replied_at, replies_summed.first_replied_at
        ) as first_replied_at,
        coalesce(
            nullif(events_summed.reply_count, 0), replies_summed.reply_count, 0
        ) as reply_count,
        coalesce(
            nullif(events_summed.reopened_count, 0), tickets.reopened_count, 0
        ) as times_reopened,
        coalesce(events_summed.first_solved_at, tickets.solved_at) as first_solved_at,
        case
            when tickets.status in ('solved', 'closed')
                then coalesce(events_summed.last_solved_at, tickets.solved_at)
        end as last_solved_at
    from tickets
    left join events_summed
        on tickets.ticket_id = events_summed.ticket_id
    left join replies_summed
        on tickets.ticket_id = replies_summed.ticket_id

),

described as (

    select
        timed.ticket_id,
        coalesce(by_requester.customer_id, by_organization.customer_id) as customer_id,
        timed.organization_id as account_id,
        {{ agent_id('timed.assignee_id') }} as agent_id,
        timed.order_id,
        timed.product_id,
        timed.problem_id as problem_ticket_id,
        timed.group_name,
        timed.brand,
        timed.via_channel,
        timed.type,
        timed.priority,
        timed.status,
        timed.subject,
        timed.tags,
        timed.satisfaction_score,
        timed.reply_count,
        timed.times_reopened as reopened_count,
        epoch(timed.first_replied_at - timed.created_at) / 60
            as first_reply_calendar_minutes,
        epoch(timed.first_solved_at - timed.created_at) / 60
            as first_resolution_calendar_minutes,
        epoch(timed.last_solved_at - timed.created_at) / 60
            as full_resolution_calendar_minutes,
        timed.is_solved,
        timed.created_at,
        timed.due_at,
        timed.first_replied_at,
        timed.first_solved_at,
        timed.last_solved_at as solved_at,
        timed.source,
        timed.known_at

    from timed

    left join identifiers as by_requester
        on timed.requester_ref = by_requester.identifier

    left join identifiers as by_organization
        on 'account:' || timed.organization_id = by_organization.identifier

    {{ join_agent('timed.assignee_id') }}

)

select * from described
