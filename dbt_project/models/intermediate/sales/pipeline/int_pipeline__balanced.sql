-- Grain: one row per pipeline and end of a month (or the as_of) at which something was open.
-- Counted from the states alone: the movements between two ends have to arrive at the same.
with

open_states as (

    select
        pipeline,
        coalesce(amount_base, 0) as amount,
        valid_from,
        valid_to
    from {{ ref('int_opportunity_states__spans') }}
    where status = 'open'

),

covered as (

    select
        pipeline,
        amount,
        unnest(generate_series(
            date_trunc('month', valid_from) + interval 1 month,
            coalesce(valid_to, {{ as_of() }}),
            interval 1 month
        )) as bound
    from open_states

    union all

    select
        pipeline,
        amount,
        {{ as_of() }} as bound
    from open_states
    where
        valid_to is null
        and date_trunc('month', {{ as_of() }}) <> {{ as_of() }}

),

balances as (

    select
        pipeline,
        cast(bound as date) as bound,
        count(*) as open_count,
        sum(amount) as open_base
    from covered
    group by pipeline, bound

)

select * from balances
