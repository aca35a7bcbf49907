-- Grain: one row per customer who has bought: 30-day months of the last twelve that began after
-- the first order, and those with an order.
{% set month_days = 30 %}
{% set months = 12 %}

with

buyers as (

    select * from {{ ref('int_order_values__shrunk') }}

),

orders as (

    select
        customer_id,
        -- 0 is the newest month
        cast(floor(epoch({{ as_of() }} - placed_at) / 86400 / {{ month_days }}) as integer)
            as months_ago
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and not is_cancelled
        and not is_refund
        and placed_at <= {{ as_of() }}
        and placed_at > {{ as_of() }} - interval '{{ month_days * months }}' day

),

-- a month counts if the first order came before it began
counted as (

    select
        customer_id,
        least(
            {{ months }},
            cast(floor(epoch({{ as_of() }} - first_order_at) / 86400 / {{ month_days }}) as integer)
        ) as month_count
    from buyers

),

described as (

    select
        counted.customer_id,
        counted.month_count,
        count(distinct orders.months_ago) as month_with_order_count
    from counted
    left join orders
        on
            counted.customer_id = orders.customer_id
            and counted.month_count > orders.months_ago
    where counted.month_count > 0
    group by
        counted.customer_id,
        counted.month_count

)

select * from described
