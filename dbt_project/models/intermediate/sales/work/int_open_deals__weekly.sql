-- Grain: one row per owner and ISO week with an opportunity of theirs open at its end.
with

open_states as (

    select
        opportunity_id,
        owner_id,
        amount_base,
        close_date,
        forecast_category,
        valid_from,
        coalesce(valid_to, {{ as_of() }}) as valid_to
    from {{ ref('int_opportunity_states__spans') }}
    where status = 'open' and owner_id is not null

),

-- the week under way ends, for now, at the as_of
covered as (

    select
        *,
        unnest(generate_series(
            date_trunc('week', valid_from) + interval 7 day, valid_to, interval 7 day
        )) as bound
    from open_states

    union all

    select
        *,
        {{ as_of() }} as bound
    from open_states
    where
        valid_to = {{ as_of() }}
        and date_trunc('week', {{ as_of() }}) <> {{ as_of() }}

),

counted as (

    select
        owner_id as agent_id,
        cast(date_trunc('week', bound - interval 1 second) as date) as week_start_date,
        count(*) as open_count,
        count(*) filter (
            where valid_from < bound - interval {{ var('stale_after_days') }} day
        ) as stale_count,
        count(amount_base) + count(close_date) + count(forecast_category) as filled_count
    from covered
    group by
        owner_id,
        date_trunc('week', bound - interval 1 second)

)

select * from counted
