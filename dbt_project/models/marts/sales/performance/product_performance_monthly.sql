-- Grain: one row per product and calendar month in which it was sold or came back.
with

order_lines as (

    select
        *,
        try_cast(quantity as decimal(18, 4)) as units,
        cast(date_trunc('month', placed_at) as date) as period_start
    from {{ ref('fct_order_lines') }}
    where
        not is_cancelled
        and product_id is not null
        and placed_at < {{ as_of() }}

),

products as (

    select * from {{ ref('dim_products') }}

),

summed as (

    select
        product_id,
        period_start,
        count(distinct order_id) filter (where units > 0) as order_count,
        coalesce(sum(units) filter (where units > 0), 0) as quantity,
        coalesce(-sum(units) filter (where units < 0), 0) as returned_quantity,
        try_cast(coalesce(sum(revenue_base), 0) as decimal(18, 4)) as revenue_base,
        try_cast(
            sum(cast(revenue_base as decimal(20, 4)) - cogs_base) as decimal(18, 4)
        ) as gross_margin_base
    from order_lines
    group by product_id, period_start

),

compared as (

    select
        summed.product_id,
        products.name as product_name,
        products.category,
        cast(summed.order_count as bigint) as order_count,
        cast(summed.quantity as double) as quantity,
        cast(summed.returned_quantity as double) as returned_quantity,
        summed.revenue_base,
        summed.gross_margin_base,
        cast(cast(summed.revenue_base as decimal(20, 4)) - month_before.revenue_base as double)
        / case when month_before.revenue_base > 0 then month_before.revenue_base end
            as growth_month,
        cast(cast(summed.revenue_base as decimal(20, 4)) - year_before.revenue_base as double)
        / case when year_before.revenue_base > 0 then year_before.revenue_base end
            as growth_year,
        cast(summed.revenue_base as double)
        / nullif(sum(summed.revenue_base) over (partition by summed.period_start), 0)
            as share_of_month,
        rank() over (
            partition by summed.period_start
            order by summed.revenue_base desc
        ) as rank_in_month,
        cast(summed.period_start + interval 1 month as date) <= {{ as_of() }} as is_complete,
        summed.period_start

    from summed

    left join summed as month_before
        on
            summed.product_id = month_before.product_id
            and summed.period_start
            = cast(month_before.period_start + interval 1 month as date)

    left join summed as year_before
        on
            summed.product_id = year_before.product_id
            and summed.period_start
            = cast(year_before.period_start + interval 1 year as date)

    left join products
        on summed.product_id = products.product_id

)

select * from compared
