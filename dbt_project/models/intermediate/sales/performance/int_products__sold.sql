-- Grain: one row per article, a product or else a unit or name, that a line of an order is about.
with

order_lines as (

    select
        order_lines.*,
        try_cast(order_lines.quantity as decimal(18, 4)) as units,
        {{ article('order_lines') }} as article,
        cast({{ as_of() }} as date) as today
    from {{ ref('fct_order_lines') }} as order_lines
    where not order_lines.is_cancelled

),

articles_counted as (

    select
        order_id,
        count(distinct article) as article_count
    from order_lines
    where units > 0
    group by order_id

),

summed as (

    select
        order_lines.article as product_id,
        min(order_lines.sku) as sku,
        min(order_lines.product_name) as name,
        count(distinct order_lines.order_id) filter (where order_lines.units > 0) as order_count,
        count(distinct order_lines.order_id) filter (
            where order_lines.units > 0 and articles_counted.article_count > 1
        ) as attached_order_count,
        count(distinct order_lines.order_id) filter (where order_lines.is_returned)
            as returned_order_count,
        sum(order_lines.units) filter (where order_lines.units > 0) as quantity,
        -sum(order_lines.units) filter (where order_lines.units < 0) as returned_quantity,
        sum(order_lines.revenue_base) as revenue_base,
        -sum(order_lines.revenue_base) filter (where order_lines.units < 0)
            as returned_revenue_base,
        sum(order_lines.revenue_base) filter (where order_lines.cogs_base is not null)
            as revenue_with_cogs_base,
        sum(cast(order_lines.revenue_base as decimal(20, 4)) - order_lines.cogs_base)
            as gross_margin_base,
        sum(order_lines.revenue_base) filter (
            where
            order_lines.placed_at >= order_lines.today - interval 90 day
            and order_lines.placed_at < order_lines.today
        ) as revenue_90d_base,
        sum(order_lines.revenue_base) filter (
            where
            order_lines.placed_at >= order_lines.today - interval 180 day
            and order_lines.placed_at < order_lines.today - interval 90 day
        ) as revenue_prior_90d_base

    from order_lines

    left join articles_counted
        on order_lines.order_id = articles_counted.order_id

    where order_lines.article is not null

    group by order_lines.article

)

select * from summed
