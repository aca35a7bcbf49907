-- Grain: one row per time zone in use and period in which its clocks stay as they are.
with

bounds as (

    select * from {{ ref('int_dates__bounds') }}

),

zones as (

    select distinct time_zone
    from {{ ref('int_schedules__unioned') }}
    where is_known_zone

    union

    select {{ setting('time_zone') }} as time_zone

),

-- a day more on both ends: the first local day begins on the UTC day before it in the east
days as (

    select
        unnest(range(
            first_day - interval 1 day, first_day_after + interval 2 day, interval 1 day
        )) as day_starts_at
    from bounds

),

at_midnight as (

    select
        zones.time_zone,
        days.day_starts_at,
        epoch({{ local_time('days.day_starts_at', 'zones.time_zone') }})
        - epoch(days.day_starts_at) as offset_s
    from zones
    cross join days

),

in_order as (

    select
        *,
        lead(offset_s) over (partition by time_zone order by day_starts_at) as next_offset_s,
        row_number() over (partition by time_zone order by day_starts_at) as day_index
    from at_midnight

),

-- only the days on which the clocks change are looked at minute by minute
changes as (

    select
        time_zone,
        min(minute_starts_at) as changed_at,
        next_offset_s as offset_s
    from (
        select
            *,
            unnest(range(
                day_starts_at, day_starts_at + interval 1441 minute, interval 1 minute
            )) as minute_starts_at
        from in_order
        where offset_s <> next_offset_s
    ) as minutes
    where
        epoch({{ local_time('minute_starts_at', 'time_zone') }})
        - epoch(minute_starts_at) = next_offset_s
    group by
        time_zone,
        day_starts_at,
        next_offset_s

    union all

    select
        time_zone,
        day_starts_at as changed_at,
        offset_s
    from in_order
    where day_index = 1

),

periods as (

    select
        time_zone,
        cast(offset_s as bigint) as offset_s,
        changed_at as starts_at,
        coalesce(
            lead(changed_at) over (partition by time_zone order by changed_at),
            timestamp '9999-12-31'
        ) as ends_at
    from changes

)

select * from periods
