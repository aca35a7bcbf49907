-- Grain: one row per foreign currency and day on which a rate into the base currency holds.
with

fx_rates as (

    select * from {{ ref('stg_fx_rates') }}

),

quoted as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        1 as preference,
        fx_rate_id
    from fx_rates
    where rate > 0

    union all

    select
        rate_date,
        to_currency as from_currency,
        from_currency as to_currency,
        1 / rate as rate,
        2 as preference,
        fx_rate_id
    from fx_rates
    where rate > 0

),

-- two sources may quote the same pair; what is quoted outright beats what is turned round
one_a_day as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate
    from quoted
    where from_currency <> to_currency
    qualify row_number() over (
        partition by rate_date, from_currency, to_currency
        order by preference, fx_rate_id
    ) = 1

),

into_base as (

    select
        rate_date,
        from_currency as currency,
        rate,
        '' as by_way_of
    from one_a_day
    where to_currency = {{ base_currency() }}

    union all

    select
        first_leg.rate_date,
        first_leg.from_currency as currency,
        first_leg.rate * second_leg.rate as rate,
        first_leg.to_currency as by_way_of
    from one_a_day as first_leg
    inner join one_a_day as second_leg
        on
            first_leg.rate_date = second_leg.rate_date
            and first_leg.to_currency = second_leg.from_currency
    where
        second_leg.to_currency = {{ base_currency() }}
        and first_leg.from_currency <> {{ base_currency() }}

),

best_of_day as (

    select
        currency,
        rate_date,
        rate
    from into_base
    qualify row_number() over (
        partition by currency, rate_date
        order by by_way_of
    ) = 1

),

with_end as (

    select
        currency,
        rate_date,
        rate,
        least(
            coalesce(
                lead(rate_date) over (
                    partition by currency
                    order by rate_date
                ) - 1,
                rate_date + {{ var('fx_rate_max_age_days') }}
            ),
            rate_date + {{ var('fx_rate_max_age_days') }}
        ) as last_date
    from best_of_day

),

carried_forward as (

    select
        currency,
        cast(unnest(generate_series(rate_date, last_date, interval 1 day)) as date) as day,
        rate_date,
        rate
    from with_end

)

select * from carried_forward
