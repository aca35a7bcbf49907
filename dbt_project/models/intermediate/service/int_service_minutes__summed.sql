-- Grain: one row per ticket or wait and measure of it.
with

ticket_intervals as (

    select * from {{ ref('int_ticket_intervals') }}

),

waits as (

    select * from {{ ref('int_waits') }}

),

schedule_spans as (

    select * from {{ ref('int_ticket_schedules__spans') }}

),

intervals as (

    select
        ticket_id as subject_id,
        measure,
        ticket_id,
        starts_at,
        ends_at
    from ticket_intervals

    union all

    select
        wait_id as subject_id,
        'wait' as measure,
        ticket_id,
        waited_since as starts_at,
        answered_at as ends_at
    from waits
    where answered_at >= waited_since

),

-- a schedule that changes in between cuts the interval in two; what belongs to no ticket goes by
-- the company's own schedule
cut as (

    select
        intervals.subject_id,
        intervals.measure,
        coalesce(schedule_spans.schedule_key, 'default') as schedule_key,
        greatest(intervals.starts_at, schedule_spans.starts_at) as starts_at,
        least(intervals.ends_at, schedule_spans.ends_at) as ends_at
    from intervals
    left join schedule_spans
        on
            intervals.ticket_id = schedule_spans.ticket_id
            and intervals.starts_at < schedule_spans.ends_at
            -- an interval without length lies where it begins
            and greatest(intervals.ends_at, intervals.starts_at + interval '1' microsecond)
            > schedule_spans.starts_at

),

measured as (

    select
        cut.subject_id,
        cut.measure,
        cut.schedule_key,
        cut.starts_at,
        {{ calendar_seconds('cut.starts_at', 'cut.ends_at') }} as calendar_seconds,
        {{ business_seconds('cut.starts_at', 'cut.ends_at') }} as business_seconds
    from cut
    {{ join_business_minutes('cut.starts_at', 'cut.ends_at', 'cut.schedule_key') }}

),

-- a part without a schedule leaves the whole without business minutes
summed as (

    select
        subject_id,
        measure,
        min_by(schedule_key, (starts_at, schedule_key)) as first_schedule_key,
        sum(calendar_seconds) / 60 as calendar_minutes,
        case when count(*) = count(business_seconds) then sum(business_seconds) / 60 end
            as business_minutes
    from measured
    group by
        subject_id,
        measure

)

select * from summed
