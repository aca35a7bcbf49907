-- Grain: one row per product, of the catalogue or only named by an order line.
with

products as (

    select * from {{ ref('dim_products') }}

),

order_lines as (

    select
        *,
        cast(quantity as decimal(18, 4)) as units,
        coalesce(product_id, sku, product_name) as article,
        cast({{ as_of() }} as date) as today
    from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

articles_counted as (

    select
        order_id,
        count(distinct article) as article_count
    from order_lines
    where units > 0
    group by order_id

),

lines_summed as (

    select
        order_lines.product_id,
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
        sum(order_lines.revenue_base - order_lines.cogs_base) as gross_margin_base,
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

    where order_lines.product_id is not null

    group by order_lines.product_id

),

-- the month that has just begun would look like a collapse of demand
months_sold as (

    select
        product_id,
        cast(date_trunc('month', placed_at) as date) as sold_month,
        date_trunc('month', min(today)) as this_month,
        sum(units) as units
    from order_lines
    where
        product_id is not null
        and units > 0
        and placed_at < date_trunc('month', today)
    group by product_id, date_trunc('month', placed_at)

),

-- months without a sale add nothing to either sum, but count
demand as (

    select
        product_id,
        date_diff('month', min(sold_month), min(this_month)) as month_count,
        cast(sum(units) as double) as units,
        cast(sum(units * units) as double) as units_squared
    from months_sold
    group by product_id

),

varied as (

    select
        product_id,
        month_count,
        case
            when month_count >= 2
                then sqrt(
                    greatest(units_squared - units * units / month_count, 0) / (month_count - 1)
                ) / (units / month_count)
        end as variation_coefficient
    from demand

),

described as (

    select
        coalesce(products.product_id, lines_summed.product_id) as product_id,
        products.sku,
        products.name,
        products.category,
        products.family,
        products.is_retired,
        coalesce(lines_summed.order_count, 0) as order_count,
        coalesce(lines_summed.attached_order_count, 0) as attached_order_count,
        coalesce(lines_summed.returned_order_count, 0) as returned_order_count,
        cast(coalesce(lines_summed.quantity, 0) as double) as quantity,
        cast(coalesce(lines_summed.returned_quantity, 0) as double) as returned_quantity,
        cast(coalesce(lines_summed.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        cast(coalesce(lines_summed.returned_revenue_base, 0) as decimal(18, 4))
            as returned_revenue_base,
        cast(coalesce(lines_summed.revenue_with_cogs_base, 0) as decimal(18, 4))
            as revenue_with_cogs_base,
        cast(lines_summed.gross_margin_base as decimal(18, 4)) as gross_margin_base,
        cast(coalesce(lines_summed.revenue_90d_base, 0) as decimal(18, 4)) as revenue_90d_base,
        cast(coalesce(lines_summed.revenue_prior_90d_base, 0) as decimal(18, 4))
            as revenue_prior_90d_base,
        coalesce(varied.month_count, 0) as month_count,
        varied.variation_coefficient

    from products

    full outer join lines_summed
        on products.product_id = lines_summed.product_id

    left join varied
        on lines_summed.product_id = varied.product_id

),

-- what the products that earn more than this one earn together
with_better as (

    select
        *,
        sum(greatest(revenue_base, 0)) over () as positive_revenue_base,
        sum(greatest(revenue_base, 0)) over (
            order by revenue_base desc, product_id asc
            rows between unbounded preceding and current row
        ) - greatest(revenue_base, 0) as better_revenue_base
    from described

),

classified as (

    select
        product_id,
        sku,
        name,
        category,
        family,
        is_retired,
        order_count,
        attached_order_count,
        attached_order_count / nullif(order_count, 0) as attach_rate,
        quantity,
        revenue_base,
        cast(greatest(revenue_base, 0) as double) / nullif(positive_revenue_base, 0)
            as revenue_share,
        revenue_with_cogs_base,
        gross_margin_base,
        cast(gross_margin_base as double)
        / case when revenue_with_cogs_base > 0 then revenue_with_cogs_base end
            as gross_margin_rate,
        returned_order_count,
        returned_quantity,
        returned_revenue_base,
        returned_quantity / nullif(quantity, 0) as return_rate,
        revenue_90d_base,
        revenue_prior_90d_base,
        cast(revenue_90d_base - revenue_prior_90d_base as double)
        / case when revenue_prior_90d_base > 0 then revenue_prior_90d_base end as growth_90d,
        -- the product that crosses the line still belongs to the better class
        case
            when revenue_base <= 0 then 'C'
            when better_revenue_base < 0.80 * positive_revenue_base then 'A'
            when better_revenue_base < 0.95 * positive_revenue_base then 'B'
            else 'C'
        end as abc_class,
        month_count,
        variation_coefficient,
        case
            when variation_coefficient <= 0.5 then 'X'
            when variation_coefficient <= 1.0 then 'Y'
            when variation_coefficient > 1.0 then 'Z'
        end as xyz_class

    from with_better

)

select * from classified
