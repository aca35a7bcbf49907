-- Grain: one row per schedule and UTC day of the calendar.
with

bounds as (

    select * from {{ ref('int_dates__bounds') }}

),

stretches as (

    select * from {{ ref('int_schedules__opened') }}

),

schedules as (

    select distinct schedule_key
    from {{ ref('int_schedules__unioned') }}
    where is_known_zone

),

days as (

    select
        cast(day_starts_at as date) as utc_day,
        cast(epoch(day_starts_at) as bigint) as day_starts_s
    from (
        select
            unnest(range(
                cast(first_day as timestamp), cast(first_day_after as timestamp), interval 1 day
            )) as day_starts_at
        from bounds
    ) as unnested

),

pieces as (

    select
        stretches.schedule_key,
        days.utc_day,
        greatest(stretches.opened_s, days.day_starts_s) as opened_s,
        least(stretches.closed_s, days.day_starts_s + 86400) as closed_s
    from stretches
    inner join days
        on
            stretches.opened_s < days.day_starts_s + 86400
            and stretches.closed_s > days.day_starts_s

),

summed as (

    select
        schedule_key,
        utc_day,
        sum(closed_s - opened_s) as open_seconds,
        list(struct_pack(opened_s := opened_s, closed_s := closed_s) order by opened_s)
            as openings
    from pieces
    group by
        schedule_key,
        utc_day

),

running as (

    select
        schedules.schedule_key,
        days.utc_day,
        summed.openings,
        cast(coalesce(summed.open_seconds, 0) as bigint) as open_seconds,
        cast(coalesce(sum(summed.open_seconds) over (
            partition by schedules.schedule_key
            order by days.utc_day
            rows between unbounded preceding and 1 preceding
        ), 0) as bigint) as open_seconds_before

    from schedules

    cross join days

    left join summed
        on
            schedules.schedule_key = summed.schedule_key
            and days.utc_day = summed.utc_day

)

select * from running
