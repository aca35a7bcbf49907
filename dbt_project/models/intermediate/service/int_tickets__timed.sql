-- Grain: one row per ticket, with its turning points.
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

-- a reply may be a message only (Salesforce's e-mails about a case), an event only (its comments),
-- or both (Zendesk's comments)
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
            least(
                coalesce(events_summed.first_replied_at, replies_summed.first_replied_at),
                coalesce(replies_summed.first_replied_at, events_summed.first_replied_at)
            ),
            tickets.stated_first_replied_at
        ) as first_replied_at,
        greatest(
            coalesce(events_summed.reply_count, 0), coalesce(replies_summed.reply_count, 0)
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

)

select * from timed
