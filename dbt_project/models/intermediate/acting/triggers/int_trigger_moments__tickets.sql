-- Grain: one row per solution of a ticket.
with

ticket_events as (

    select * from {{ ref('stg_ticket_events') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

surveys as (

    select
        ticket_id,
        min(greatest(coalesce(sent_at, responded_at, known_at), known_at)) as survey_known_at
    from {{ ref('stg_survey_responses') }}
    where ticket_id is not null
    group by ticket_id

),

changes as (

    select
        ticket_event_id,
        ticket_id,
        value in ('solved', 'closed') as is_solution,
        coalesce(previous_value, 'open') in ('solved', 'closed') as was_solved,
        event_at,
        greatest(event_at, known_at) as known_from
    from ticket_events
    where event_type = 'status'

),

with_ends as (

    select
        *,
        min(known_from) filter (where not is_solution) over (
            partition by ticket_id
            order by event_at, ticket_event_id
            rows between 1 following and unbounded following
        ) as reopened_known_at
    from changes

),

solutions as (

    select
        ticket_event_id as subject_id,
        ticket_id,
        event_at as anchor_at,
        known_from,
        reopened_known_at
    from with_ends
    where is_solution and not was_solved

    union all by name

    -- a source without events says only when it was solved
    select
        ticket_id as subject_id,
        ticket_id,
        solved_at as anchor_at,
        greatest(solved_at, known_at) as known_from
    from tickets
    where
        solved_at is not null
        and ticket_id not in (select with_events.ticket_id from changes as with_events)

),

moments as (

    select
        'feedback_request' as trigger_type,
        solutions.subject_id,
        tickets.customer_id,
        cast(null as double) as value,
        solutions.anchor_at,
        solutions.known_from,
        least(solutions.reopened_known_at, surveys.survey_known_at) as ended_at

    from solutions

    inner join tickets
        on solutions.ticket_id = tickets.ticket_id

    left join surveys
        on solutions.ticket_id = surveys.ticket_id

    where tickets.customer_id is not null

)

select * from moments
