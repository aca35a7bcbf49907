-- Grain: one row per product, of the catalogue or only named by an order line or opportunity.
with

products as (

    select * from {{ ref('int_products__summed') }}

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
    from products

),

classified as (

    select
        product_id,
        identified_by,
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
        end as xyz_class,
        won_count,
        lost_count,
        open_count,
        won_count / nullif(won_count + lost_count, 0) as win_rate,
        won_value_base,
        open_value_base

    from with_better

)

select * from classified
