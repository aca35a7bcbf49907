-- Grain: one row per calendar month with an order line whose cost of goods is known.
with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where not is_cancelled and cogs_base is not null

),

margins as (

    select
        cast(date_trunc('month', placed_at) as date) as month,
        sum(cast(revenue_base as decimal(20, 4)) - cogs_base) as margin_base
    from order_lines
    group by date_trunc('month', placed_at)

)

select * from margins
