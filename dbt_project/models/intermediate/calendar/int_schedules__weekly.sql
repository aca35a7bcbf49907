-- Grain: one row per opening that a schedule states and day of the week on which it is open.
with

stated as (

    select * from {{ ref('int_schedules__unioned') }}
    where is_known_zone

),

-- an interval that ends before it starts goes on past the end of Sunday
within_week as (

    select
        *,
        start_minute as first_minute,
        case when end_minute < start_minute then 10080 else end_minute end as minute_after
    from stated

    union all

    select
        *,
        0 as first_minute,
        end_minute as minute_after
    from stated
    where end_minute < start_minute

),

week_days as (

    select unnest(range(7)) as week_day

),

-- cut at midnight, because holidays and periods of validity are days
within_day as (

    select
        within_week.schedule_key,
        within_week.time_zone,
        within_week.valid_from,
        within_week.valid_to,
        week_days.week_day,
        greatest(within_week.first_minute - week_days.week_day * 1440, 0) as first_minute,
        least(within_week.minute_after - week_days.week_day * 1440, 1440) as minute_after
    from within_week
    inner join week_days
        on
            within_week.first_minute < (week_days.week_day + 1) * 1440
            and within_week.minute_after > week_days.week_day * 1440

)

select * from within_day
