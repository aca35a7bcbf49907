-- Grain: one row per day, from two years before the first record to a year after as_of.
with

bounds as (

    select * from {{ ref('int_dates__bounds') }}

),

days as (

    select
        cast(unnest(range(
            cast(first_day as timestamp), cast(first_day_after as timestamp), interval 1 day
        )) as date) as date_day
    from bounds

),

own_calendar as (

    select * from {{ ref('int_calendar_days__own') }}

),

offsets as (

    select * from {{ ref('int_time_zones__offsets') }}
    where time_zone = {{ setting('time_zone') }}

),

-- a day on which the clocks change lies in two periods
local_days as (

    select
        days.date_day,
        min(greatest(days.date_day - to_seconds(offsets.offset_s), offsets.starts_at))
            as starts_at,
        max(least(
            days.date_day + interval 1 day - to_seconds(offsets.offset_s), offsets.ends_at
        )) as ends_at,
        min_by(offsets.offset_s, offsets.starts_at) as offset_s
    from days
    inner join offsets
        on
            offsets.ends_at > days.date_day - to_seconds(offsets.offset_s)
            and offsets.starts_at
            < days.date_day + interval 1 day - to_seconds(offsets.offset_s)
    group by days.date_day

),

settings as (

    select
        coalesce(cast({{ setting('fiscal_year_start_month') }} as integer), 1) as start_month

),

-- a fiscal year is named after the calendar year that it ends in
fiscal_days as (

    select
        days.date_day,
        settings.start_month > 1
        and extract(month from days.date_day) >= settings.start_month as is_next_year,
        cast(
            (extract(month from days.date_day) - settings.start_month + 12) % 12 + 1 as integer
        ) as fiscal_month
    from days
    cross join settings

),

described as (

    select
        days.date_day,
        cast(strftime(days.date_day, '%Y-%m') as varchar) as year_month,
        cast(extract(year from days.date_day) as integer) as year_number,
        cast(extract(quarter from days.date_day) as integer) as quarter_number,
        cast(extract(month from days.date_day) as integer) as month_number,
        monthname(days.date_day) as month_name,
        cast(extract(isoyear from days.date_day) as integer) as iso_year,
        cast(extract(week from days.date_day) as integer) as iso_week,
        cast(extract(isodow from days.date_day) as integer) as iso_day_of_week,
        dayname(days.date_day) as day_name,
        cast(extract(day from days.date_day) as integer) as day_of_month,
        cast(extract(doy from days.date_day) as integer) as day_of_year,
        cast(date_trunc('week', days.date_day) as date) as week_start_date,
        cast(date_trunc('month', days.date_day) as date) as month_start_date,
        cast(date_trunc('quarter', days.date_day) as date) as quarter_start_date,
        cast(
            coalesce(
                own_calendar.fiscal_year,
                extract(year from days.date_day) + cast(fiscal_days.is_next_year as integer)
            ) as integer
        ) as fiscal_year,
        cast(
            coalesce(own_calendar.fiscal_quarter, ceil(fiscal_days.fiscal_month / 3)) as integer
        ) as fiscal_quarter,
        cast(
            coalesce(own_calendar.fiscal_month, fiscal_days.fiscal_month) as integer
        ) as fiscal_month,
        own_calendar.holiday_name,
        cast(local_days.offset_s / 60 as integer) as utc_offset_minutes,
        cast(epoch(local_days.ends_at - local_days.starts_at) / 3600 as double) as hours,
        extract(isodow from days.date_day) >= 6 as is_weekend,
        coalesce(own_calendar.is_holiday, false) as is_holiday,
        extract(isodow from days.date_day) < 6
        and not coalesce(own_calendar.is_holiday, false) as is_business_day,
        local_days.starts_at,
        local_days.ends_at

    from days

    inner join local_days
        on days.date_day = local_days.date_day

    inner join fiscal_days
        on days.date_day = fiscal_days.date_day

    left join own_calendar
        on days.date_day = own_calendar.calendar_date

)

select * from described
