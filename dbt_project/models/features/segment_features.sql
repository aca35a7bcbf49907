-- Grain: one row per customer with at least one order, at the newest as_of and the one before.
with

activity as (

    select *
    from {{ ref('int_customer_activity__summed') }}
    where
        step <= 1
        and orders_total > 0

),

features as (

    select
        customer_id,
        as_of,
        (epoch_us(as_of) - epoch_us(last_order_at)) / 86400000000.0 as days_since_last_order,
        cast(coalesce(orders_365d, 0) as bigint) as orders_365d,
        cast(coalesce(revenue_365d, 0) as double) as revenue_365d,
        coalesce(cast(revenue_365d as double) / nullif(orders_365d, 0), 0) as mean_order_amount,
        coalesce(cast(discount_365d as double) / nullif(cast(subtotal_365d as double), 0), 0)
            as discount_share_365d,
        cast(coalesce(web_sessions_90d, 0) as bigint) as web_sessions_90d,
        cast(coalesce(tickets_365d, 0) as bigint) as tickets_365d,
        (epoch_us(as_of) - epoch_us(first_order_at)) / 86400000000.0 as tenure_days

    from activity

)

select * from features
