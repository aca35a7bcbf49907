-- Grain: one row per customer who has bought: segment, first order, worth of an order.
-- orders that the average of the segment weighs as much as
{% set prior_orders = 2 %}

with

orders as (

    select
        customer_id,
        count(*) as order_count,
        sum(revenue_base) as revenue_base,
        min(placed_at) as first_order_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and revenue_base is not null
        and not is_cancelled
        and not is_returned
        and not is_refund
        and placed_at <= {{ as_of() }}
    group by customer_id

),

segments as (

    {{ newest_scores('customer_segments') }}

),

with_segment as (

    select
        orders.customer_id,
        coalesce(segments.segment_name, 'unknown') as segment_name,
        orders.order_count,
        orders.revenue_base,
        orders.first_order_at
    from orders
    left join segments
        on orders.customer_id = segments.customer_id

),

described as (

    select
        customer_id,
        segment_name,
        order_count,
        first_order_at,
        try_cast(
            (
                revenue_base
                + {{ prior_orders }}
                * sum(revenue_base) over (partition by segment_name)
                / sum(order_count) over (partition by segment_name)
            )
            / (order_count + {{ prior_orders }}) as decimal(18, 4)
        ) as order_value_base
    from with_segment

)

select * from described
