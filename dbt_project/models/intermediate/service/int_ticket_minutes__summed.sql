-- Grain: one row per ticket.
with

tickets as (

    select * from {{ ref('int_tickets__timed') }}

),

summed as (

    select
        *,
        subject_id as ticket_id
    from {{ ref('int_service_minutes__summed') }}

),

-- who was never in a status waited no minute in it; without events nobody knows
unwaited as (

    select distinct
        ticket_id,
        0 as minutes
    from {{ ref('int_ticket_stays') }}

),

schedule_spans as (

    select * from {{ ref('int_ticket_schedules__spans') }}

),

schedules as (

    select distinct schedule_key
    from {{ ref('int_schedules__unioned') }}
    where is_known_zone

),

last_schedules as (

    select
        schedule_spans.ticket_id,
        max_by(schedule_spans.schedule_key, schedule_spans.starts_at) as schedule_key,
        bool_or(schedules.schedule_key is null) as is_schedule_missing
    from schedule_spans
    left join schedules
        on schedule_spans.schedule_key = schedules.schedule_key
    group by schedule_spans.ticket_id

),

described as (

    select
        tickets.ticket_id,
        last_schedules.schedule_key,
        last_schedules.is_schedule_missing,
        first_reply.calendar_minutes as first_reply_calendar_minutes,
        first_reply.business_minutes as first_reply_business_minutes,
        first_resolution.calendar_minutes as first_resolution_calendar_minutes,
        first_resolution.business_minutes as first_resolution_business_minutes,
        full_resolution.calendar_minutes as full_resolution_calendar_minutes,
        full_resolution.business_minutes as full_resolution_business_minutes,
        coalesce(agent_wait.calendar_minutes, unwaited.minutes) as agent_wait_calendar_minutes,
        case
            when agent_wait.ticket_id is null then unwaited.minutes else agent_wait.business_minutes
        end as agent_wait_business_minutes,
        coalesce(requester_wait.calendar_minutes, unwaited.minutes)
            as requester_wait_calendar_minutes,
        case
            when requester_wait.ticket_id is null then unwaited.minutes else
                requester_wait.business_minutes
        end as requester_wait_business_minutes,
        coalesce(on_hold.calendar_minutes, unwaited.minutes) as on_hold_calendar_minutes,
        case
            when on_hold.ticket_id is null then unwaited.minutes else on_hold.business_minutes
        end as on_hold_business_minutes

    from tickets

    inner join last_schedules
        on tickets.ticket_id = last_schedules.ticket_id

    left join unwaited
        on tickets.ticket_id = unwaited.ticket_id

    left join summed as first_reply
        on tickets.ticket_id = first_reply.ticket_id and first_reply.measure = 'first_reply'

    left join summed as first_resolution
        on
            tickets.ticket_id = first_resolution.ticket_id
            and first_resolution.measure = 'first_resolution'

    left join summed as full_resolution
        on
            tickets.ticket_id = full_resolution.ticket_id
            and full_resolution.measure = 'full_resolution'

    left join summed as agent_wait
        on tickets.ticket_id = agent_wait.ticket_id and agent_wait.measure = 'agent_wait'

    left join summed as requester_wait
        on
            tickets.ticket_id = requester_wait.ticket_id
            and requester_wait.measure = 'requester_wait'

    left join summed as on_hold
        on tickets.ticket_id = on_hold.ticket_id and on_hold.measure = 'on_hold'

)

select * from described
