-- Grain: one row per answered wait.
with

waits as (

    select * from {{ ref('int_waits') }}

),

schedule_spans as (

    select * from {{ ref('int_ticket_schedules__spans') }}

),

-- what belongs to no ticket goes by the company's own schedule
cut as (

    select
        waits.wait_id,
        coalesce(schedule_spans.schedule_key, 'default') as schedule_key,
        greatest(waits.waited_since, schedule_spans.starts_at) as starts_at,
        least(waits.answered_at, schedule_spans.ends_at) as ends_at
    from waits
    left join schedule_spans
        on
            waits.ticket_id = schedule_spans.ticket_id
            and waits.waited_since < schedule_spans.ends_at
            and (
                waits.answered_at > schedule_spans.starts_at
                or waits.waited_since >= schedule_spans.starts_at
            )
    where waits.answered_at >= waits.waited_since

),

measured as (

    select
        cut.wait_id,
        cut.schedule_key,
        cut.starts_at,
        {{ calendar_seconds('cut.starts_at', 'cut.ends_at') }} as calendar_seconds,
        {{ business_seconds('cut.starts_at', 'cut.ends_at') }} as business_seconds
    from cut
    {{ join_business_minutes('cut.starts_at', 'cut.ends_at', 'cut.schedule_key') }}

),

summed as (

    select
        wait_id,
        min_by(schedule_key, starts_at) as schedule_key,
        sum(calendar_seconds) / 60 as calendar_minutes,
        case when count(*) = count(business_seconds) then sum(business_seconds) / 60 end
            as business_minutes
    from measured
    group by wait_id

)

select * from summed
