-- Grain: one row per programme and calendar month with a cost, up to the as_of.
with

costs as (

    select * from {{ ref('programme_costs') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

costs_monthly as (

    select
        costs.programme,
        cast(date_trunc('month', costs.month) as date) as month,
        sum({{ to_base('costs.amount', 'costs.currency') }}) as cost_base,
        count(*) filter (
            where {{ to_base('costs.amount', 'costs.currency') }} is null
        ) as unrated_count

    from costs

    left join rates
        on
            costs.currency = rates.currency
            and costs.month = rates.day

    where costs.month < {{ as_of() }}

    group by costs.programme, date_trunc('month', costs.month)

)

select * from costs_monthly
