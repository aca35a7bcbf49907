-- Grain: one row per product, of the catalogue or only named by an order line or opportunity.
with

products as (

    select * from {{ ref('dim_products') }}

),

sold as (

    select * from {{ ref('int_products__sold') }}

),

demand as (

    select * from {{ ref('int_products__demand') }}

),

deals as (

    select * from {{ ref('int_products__deals') }}

),

named as (

    select product_id from products
    union
    select product_id from sold
    union
    select product_id from deals

),

described as (

    select
        named.product_id,
        products.sku,
        products.name,
        products.category,
        products.family,
        products.is_retired,
        coalesce(sold.order_count, 0) as order_count,
        coalesce(sold.attached_order_count, 0) as attached_order_count,
        coalesce(sold.returned_order_count, 0) as returned_order_count,
        cast(coalesce(sold.quantity, 0) as double) as quantity,
        cast(coalesce(sold.returned_quantity, 0) as double) as returned_quantity,
        cast(coalesce(sold.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        cast(coalesce(sold.returned_revenue_base, 0) as decimal(18, 4))
            as returned_revenue_base,
        cast(coalesce(sold.revenue_with_cogs_base, 0) as decimal(18, 4))
            as revenue_with_cogs_base,
        cast(sold.gross_margin_base as decimal(18, 4)) as gross_margin_base,
        cast(coalesce(sold.revenue_90d_base, 0) as decimal(18, 4)) as revenue_90d_base,
        cast(coalesce(sold.revenue_prior_90d_base, 0) as decimal(18, 4))
            as revenue_prior_90d_base,
        coalesce(demand.month_count, 0) as month_count,
        demand.variation_coefficient,
        coalesce(deals.won_count, 0) as won_count,
        coalesce(deals.lost_count, 0) as lost_count,
        coalesce(deals.open_count, 0) as open_count,
        cast(coalesce(deals.won_value_base, 0) as decimal(18, 4)) as won_value_base,
        cast(coalesce(deals.open_value_base, 0) as decimal(18, 4)) as open_value_base

    from named

    left join products
        on named.product_id = products.product_id

    left join sold
        on named.product_id = sold.product_id

    left join demand
        on named.product_id = demand.product_id

    left join deals
        on named.product_id = deals.product_id

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
