-- Grain: one row per cell of source_to_sale and customer won there whose margin is known.
with

won_customers as (

    select
        source_to_sale_id,
        customer_id,
        min(closed_at) as won_at
    from {{ ref('int_lead_sales__won') }}
    where is_costed and customer_id is not null and closed_at < {{ as_of() }}
    group by
        source_to_sale_id,
        customer_id

),

-- the company buys where the order names one
bought as (

    select
        coalesce(accounts.customer_id, orders.customer_id) as customer_id,
        orders.placed_at,
        try_cast(
            cast(orders.revenue_base as decimal(20, 4)) - orders.cogs_base as decimal(18, 4)
        ) as margin_base
    from {{ ref('fct_orders') }} as orders
    left join {{ ref('dim_accounts') }} as accounts
        on orders.account_id = accounts.account_id
    where not orders.is_cancelled and orders.placed_at < {{ as_of() }}

),

-- one order of unknown margin makes the margin of its customer unknown
margins as (

    select
        won_customers.source_to_sale_id,
        won_customers.customer_id,
        sum(bought.margin_base) as margin_base,
        date_diff('second', min(won_customers.won_at), {{ as_of() }}) as seconds_won
    from won_customers
    inner join bought
        on
            won_customers.customer_id = bought.customer_id
            and date_trunc('day', won_customers.won_at) <= bought.placed_at
    group by
        won_customers.source_to_sale_id,
        won_customers.customer_id
    having count(*) = count(bought.margin_base)

)

select * from margins
