-- Grain: one row per order; amounts that the order does not state come from its lines, and what of
-- a refund is revenue from the order that it refunds.
with

orders as (

    select * from {{ ref('stg_orders') }}

),

order_lines as (

    select * from {{ ref('stg_order_lines') }}

),

lines_summed as (

    select
        order_id,
        min(currency) as currency,
        min_by(customer_ref, order_line_id) filter (where customer_ref is not null)
            as customer_ref,
        count(*) as line_count,
        sum(quantity) as item_count,
        sum(try_cast(quantity * unit_price as decimal(18, 4))) as subtotal,
        sum(discount) as discount,
        sum(
            cast(try_cast(quantity * unit_price as decimal(18, 4)) as decimal(20, 4))
            - coalesce(discount, 0)
        ) as revenue,
        sum(cogs) as cogs
    from order_lines
    group by order_id
    -- amounts in two currencies have no sum
    having count(distinct currency) <= 1

),

totalled as (

    select
        orders.order_id,
        coalesce(orders.customer_ref, lines_summed.customer_ref) as customer_ref,
        orders.account_id,
        orders.opportunity_id,
        orders.status,
        coalesce(orders.currency, lines_summed.currency) as currency,
        orders.coupon,
        orders.affiliation,
        orders.country_code,
        coalesce(lines_summed.line_count, 0) as line_count,
        lines_summed.item_count,
        try_cast(
            coalesce(orders.subtotal, lines_summed.subtotal) as decimal(18, 4)
        ) as subtotal,
        try_cast(coalesce(orders.discount, lines_summed.discount, 0) as decimal(18, 4)) as discount,
        orders.shipping,
        orders.tax,
        try_cast(
            coalesce(
                orders.total,
                lines_summed.revenue
                + coalesce(orders.shipping, 0)
                + coalesce(orders.tax, 0)
            ) as decimal(18, 4)
        ) as total,
        try_cast(
            coalesce(
                orders.revenue,
                cast(orders.subtotal as decimal(20, 4)) - coalesce(orders.discount, 0),
                cast(orders.total as decimal(20, 4))
                - coalesce(orders.shipping, 0)
                - coalesce(orders.tax, 0),
                lines_summed.revenue
            ) as decimal(18, 4)
        ) as revenue,
        try_cast(lines_summed.cogs as decimal(18, 4)) as cogs,
        orders.refunded_amount,
        -- trackers' refunds are named after the order: <order>|refund|<message>
        case
            when contains(orders.order_id, '|refund|')
                then split_part(orders.order_id, '|refund|', 1)
        end as refunded_order_id,
        coalesce(orders.revenue, orders.subtotal, orders.tax, orders.shipping) is null
            as is_total_only,
        orders.placed_at,
        orders.cancelled_at,
        orders.source,
        orders.known_at

    from orders

    left join lines_summed
        on orders.order_id = lines_summed.order_id

),

-- a refund that states its total alone holds tax and shipping in the same share as its order did
shared as (

    select
        refunds.order_id,
        try_cast(refunds.total * (orders.revenue / orders.total) as decimal(18, 4)) as revenue
    from totalled as refunds
    inner join totalled as orders
        on refunds.refunded_order_id = orders.order_id
    where
        refunds.is_total_only
        and refunds.currency is not distinct from orders.currency
        and orders.total > 0
        and orders.revenue between 0 and orders.total

),

with_shares as (

    select
        totalled.order_id,
        totalled.customer_ref,
        totalled.account_id,
        totalled.opportunity_id,
        totalled.status,
        totalled.currency,
        totalled.coupon,
        totalled.affiliation,
        totalled.country_code,
        totalled.line_count,
        totalled.item_count,
        totalled.subtotal,
        totalled.discount,
        totalled.shipping,
        totalled.tax,
        totalled.total,
        coalesce(shared.revenue, totalled.revenue) as revenue,
        totalled.cogs,
        totalled.refunded_amount,
        totalled.refunded_order_id,
        totalled.placed_at,
        totalled.cancelled_at,
        totalled.source,
        totalled.known_at
    from totalled
    left join shared
        on totalled.order_id = shared.order_id

)

select * from with_shares
