-- Grain: one row, the first day of the calendar and the first day after it; none without as_of.
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
    from {{ ref('stg_tickets') }}

),

-- one absurd date in a source must not make a calendar of two thousand years
bounded as (

    select
        cast(date_trunc('year', greatest(
            coalesce(min(first_day), max({{ as_of() }})) - interval 2 year,
            max({{ as_of() }}) - interval 30 year
        )) as date) as first_day,
        cast(date_trunc('year', max({{ as_of() }}) + interval 2 year) as date) as first_day_after
    from first_days
    -- a warehouse that was never loaded has no as_of, and no calendar
    having max({{ as_of() }}) is not null

)

select * from bounded
