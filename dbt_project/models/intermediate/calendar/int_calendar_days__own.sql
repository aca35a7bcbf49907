-- Grain: one row per day that the company's calendar or its schedules say something about.
with

calendar_days as (

    select * from {{ ref('stg_calendar_days') }}

),

schedules as (

    select count(distinct schedule_key) as schedule_count
    from {{ ref('stg_schedules') }}

),

schedule_holidays as (

    select * from {{ ref('stg_schedule_holidays') }}

),

-- the company's own region beats what holds everywhere
own_calendar as (

    select *
    from calendar_days
    where region is null or region = {{ setting('default_region') }}
    qualify row_number() over (
        partition by calendar_date
        order by region nulls last, calendar_id
    ) = 1

),

-- a day on which every schedule is closed is a holiday of the company
closed_days as (

    select
        schedule_holidays.holiday_date,
        min(schedule_holidays.name) as holiday_name
    from schedule_holidays
    cross join schedules
    group by
        schedule_holidays.holiday_date,
        schedules.schedule_count
    having count(distinct schedule_holidays.schedule_key) = schedules.schedule_count

),

described as (

    select
        coalesce(own_calendar.calendar_date, closed_days.holiday_date) as calendar_date,
        coalesce(own_calendar.is_holiday, closed_days.holiday_date is not null) as is_holiday,
        case
            when coalesce(own_calendar.is_holiday, true)
                then coalesce(own_calendar.holiday_name, closed_days.holiday_name)
        end as holiday_name,
        own_calendar.fiscal_year,
        own_calendar.fiscal_quarter,
        own_calendar.fiscal_month

    from own_calendar

    full outer join closed_days
        on own_calendar.calendar_date = closed_days.holiday_date

)

select * from described
