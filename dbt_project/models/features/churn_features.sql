-- Grain: one row per customer and as_of with an order in the 365 days before it.
with

activity as (

    select *
    from {{ ref('int_customer_activity__summed') }}
    where orders_365d > 0

),

customers as (

    select * from {{ source('identity', 'customers') }}

),

countries as (

    -- an expression in the join's condition would compare every row with every other
    select
        customer_id,
        country_code,
        known_from,
        coalesce(known_to, timestamp '9999-12-31') as known_to
    from {{ ref('int_customer_countries__known') }}

),

joined as (

    select
        activity.*,
        customers.customer_type,
        countries.country_code,
        (epoch_us(activity.as_of) - epoch_us(activity.first_order_at)) / 86400000000.0
            as tenure_days,
        (epoch_us(activity.as_of) - epoch_us(activity.last_order_at)) / 86400000000.0
            as days_since_last_order,
        case
            when activity.orders_total > 1
                then
                    (epoch_us(activity.last_order_at) - epoch_us(activity.first_order_at))
                    / 86400000000.0
                    / (activity.orders_total - 1)
        end as mean_days_between_orders

    from activity

    left join customers
        on activity.customer_id = customers.customer_id

    left join countries
        on
            activity.customer_id = countries.customer_id
            and activity.as_of >= countries.known_from
            and activity.as_of < countries.known_to

),

features as (

    select
        customer_id,
        as_of,
        customer_type,
        country_code,
        tenure_days,
        cast(orders_total as bigint) as orders_total,
        cast(orders_365d as bigint) as orders_365d,
        cast(coalesce(orders_90d, 0) as bigint) as orders_90d,
        days_since_last_order,
        mean_days_between_orders,
        -- two orders in the same moment have no distance to measure the silence against
        days_since_last_order / nullif(mean_days_between_orders, 0) as recency_ratio,
        cast(coalesce(revenue_365d, 0) as double) as revenue_365d,
        cast(coalesce(revenue_90d, 0) as double) as revenue_90d,
        cast(coalesce(revenue_365d, 0) as double) / orders_365d as mean_order_amount,
        cast(coalesce(returns_365d, 0) as double)
        / (orders_365d + coalesce(return_documents_365d, 0)) as return_rate_365d,
        coalesce(cast(discount_365d as double) / nullif(cast(subtotal_365d as double), 0), 0)
            as discount_share_365d,
        cast(coalesce(tickets_90d, 0) as bigint) as tickets_90d,
        cast(coalesce(tickets_open, 0) as bigint) as tickets_open,
        cast(csat_sum_365d as double) / csat_365d as csat_mean_365d,
        cast(coalesce(csat_bad_90d, 0) as bigint) as csat_bad_90d,
        cast(coalesce(interactions_90d, 0) as bigint) as interactions_90d,
        cast(coalesce(inbound_30d, 0) as bigint) as inbound_30d,
        cast(coalesce(web_sessions_30d, 0) as bigint) as web_sessions_30d,
        cast(coalesce(web_sessions_90d, 0) as bigint) as web_sessions_90d,
        cast(coalesce(email_clicks_90d, 0) as bigint) as email_clicks_90d

    from joined

)

select * from features
