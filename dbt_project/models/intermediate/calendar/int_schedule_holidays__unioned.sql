-- Grain: one row per day on which one schedule is closed.
with

schedule_holidays as (

    select * from {{ ref('stg_schedule_holidays') }}

),

own_days as (

    select * from {{ ref('int_calendar_days__own') }}

),

unioned as (

    select
        schedule_key,
        holiday_date
    from schedule_holidays

    union

    select
        'default' as schedule_key,
        calendar_date as holiday_date
    from own_days
    where is_holiday

)

select * from unioned
