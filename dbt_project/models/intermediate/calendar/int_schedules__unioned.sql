-- Grain: one row per weekly opening interval of one schedule, the company's own one included.
with

schedules as (

    select * from {{ ref('stg_schedules') }}

),

default_schedule as (

    select * from {{ ref('default_schedule') }}

),

unioned as (

    select
        schedule_key,
        name as schedule_name,
        time_zone,
        start_minute,
        end_minute,
        valid_from,
        valid_to
    from schedules

    union all by name

    select
        'default' as schedule_key,
        'Office hours' as schedule_name,
        {{ setting('time_zone') }} as time_zone,
        start_minute,
        end_minute
    from default_schedule

),

zoned as (

    select
        unioned.*,
        zones.name is not null as is_known_zone
    from unioned
    left join {{ known_time_zones() }} as zones
        on unioned.time_zone = zones.name

)

select * from zoned
