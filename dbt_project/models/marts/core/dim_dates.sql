-- Grain: one row per day, from two years before the first record to a year after as_of.
with

first_days as (

    select cast(min(started_at) as date) as first_day
    from {{ ref('fct_interactions') }}

    union all

    select cast(min(placed_at) as date) as first_day
    from {{ ref('fct_orders') }}

    union all

    select cast(min(created_at) as date) as first_day
    from {{ ref('dim_leads') }}

    union all

    select cast(min(created_at) as date) as first_day
    from {{ ref('fct_opportunities') }}

    union all

    select cast(min(created_at) as date) as first_day
    from {{ ref('fct_tickets') }}

),

-- one absurd date in a source must not make a calendar of two thousand years
bounds as (

    select
        date_trunc('year', greatest(
            coalesce(min(first_day), max({{ as_of() }})) - interval 2 year,
            max({{ as_of() }}) - interval 30 year
        )) as first_day,
        date_trunc('year', max({{ as_of() }}) + interval 2 year) as first_day_after
    from first_days

),

days as (

    select cast(unnest(range(first_day, first_day_after, interval 1 day)) as date) as date_day
    from bounds

),

calendar_days as (

    select * from {{ ref('stg_calendar_days') }}

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
            coalesce(own_calendar.fiscal_year, extract(year from days.date_day)) as integer
        ) as fiscal_year,
        cast(
            coalesce(own_calendar.fiscal_quarter, extract(quarter from days.date_day)) as integer
        ) as fiscal_quarter,
        cast(
            coalesce(own_calendar.fiscal_month, extract(month from days.date_day)) as integer
        ) as fiscal_month,
        own_calendar.holiday_name,
        extract(isodow from days.date_day) >= 6 as is_weekend,
        coalesce(own_calendar.is_holiday, false) as is_holiday,
        extract(isodow from days.date_day) < 6
        and not coalesce(own_calendar.is_holiday, false) as is_business_day

    from days

    left join own_calendar
        on days.date_day = own_calendar.calendar_date

)

select * from described
