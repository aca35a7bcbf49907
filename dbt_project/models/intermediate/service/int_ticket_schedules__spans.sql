-- Grain: one row per ticket and period in which one schedule counts for it.
with

tickets as (

    select * from {{ ref('stg_tickets') }}

),

schedule_events as (

    select
        *,
        split_part(ticket_id, ':', 1) || ':' || nullif(value, '') as schedule_key
    from {{ ref('stg_ticket_events') }}
    where event_type = 'schedule'

),

-- where a system has one schedule only, all its tickets have it
only_schedules as (

    select
        split_part(schedule_key, ':', 1) as namespace,
        min(schedule_key) as schedule_key
    from {{ ref('stg_schedules') }}
    group by split_part(schedule_key, ':', 1)
    having count(distinct schedule_key) = 1

),

-- the last of several that were set at the same moment
settled as (

    select *
    from schedule_events
    qualify row_number() over (
        partition by ticket_id, event_at
        order by ticket_event_id desc
    ) = 1

),

spans as (

    select
        tickets.ticket_id,
        coalesce(settled.schedule_key, only_schedules.schedule_key, 'default') as schedule_key,
        -- a ticket has its first schedule from its beginning
        case
            when lag(settled.event_at) over in_order is null then timestamp '0001-01-01'
            else settled.event_at
        end as starts_at,
        coalesce(lead(settled.event_at) over in_order, timestamp '9999-12-31') as ends_at

    from tickets

    left join settled
        on tickets.ticket_id = settled.ticket_id

    left join only_schedules
        on
            case when settled.ticket_id is null then split_part(tickets.ticket_id, ':', 1) end
            = only_schedules.namespace

    window in_order as (
        partition by tickets.ticket_id
        order by settled.event_at
    )

)

select * from spans
