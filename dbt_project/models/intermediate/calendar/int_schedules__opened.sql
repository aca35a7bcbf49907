-- Grain: one row per stretch of time (UTC) in which one schedule is open without a break.
with

bounds as (

    select * from {{ ref('int_dates__bounds') }}

),

weekly as (

    select * from {{ ref('int_schedules__weekly') }}

),

holidays as (

    select * from {{ ref('int_schedule_holidays__unioned') }}

),

offsets as (

    select * from {{ ref('int_time_zones__offsets') }}

),

days as (

    select
        cast(unnest(range(
            first_day - interval 1 day, first_day_after + interval 1 day, interval 1 day
        )) as date) as date_day
    from bounds

),

local_openings as (

    select
        weekly.schedule_key,
        weekly.time_zone,
        epoch(days.date_day) + weekly.first_minute * 60 as opened_local_s,
        epoch(days.date_day) + weekly.minute_after * 60 as closed_local_s
    from days
    inner join weekly
        on
            extract(isodow from days.date_day) - 1 = weekly.week_day
            and days.date_day >= coalesce(weekly.valid_from, days.date_day)
            and days.date_day <= coalesce(weekly.valid_to, days.date_day)
    left join holidays
        on
            weekly.schedule_key = holidays.schedule_key
            and days.date_day = holidays.holiday_date
    where holidays.schedule_key is null

),

-- an hour that the clocks skip is never open, one that they repeat is open twice
openings as (

    select
        local_openings.schedule_key,
        greatest(
            local_openings.opened_local_s - offsets.offset_s, epoch(offsets.starts_at)
        ) as opened_s,
        least(
            local_openings.closed_local_s - offsets.offset_s, epoch(offsets.ends_at)
        ) as closed_s
    from local_openings
    inner join offsets
        on
            local_openings.time_zone = offsets.time_zone
            and local_openings.opened_local_s - offsets.offset_s < epoch(offsets.ends_at)
            and local_openings.closed_local_s - offsets.offset_s > epoch(offsets.starts_at)

),

with_previous as (

    select
        *,
        max(closed_s) over (
            partition by schedule_key
            order by opened_s, closed_s
            rows between unbounded preceding and 1 preceding
        ) as closed_before_s
    from openings

),

numbered as (

    select
        *,
        count(*) filter (where closed_before_s is null or opened_s > closed_before_s) over (
            partition by schedule_key
            order by opened_s, closed_s
            rows between unbounded preceding and current row
        ) as stretch_index
    from with_previous

),

stretches as (

    select
        schedule_key,
        cast(min(opened_s) as bigint) as opened_s,
        cast(max(closed_s) as bigint) as closed_s
    from numbered
    group by
        schedule_key,
        stretch_index

)

select * from stretches
