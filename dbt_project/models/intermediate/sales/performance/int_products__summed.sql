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

summed as (

    select
        named.product_id,
        case
            when products.product_id is not null then 'product'
            when named.product_id like 'sku:%' then 'sku'
            when named.product_id like 'name:%' then 'name'
            else 'product'
        end as identified_by,
        coalesce(products.sku, sold.sku, deals.sku) as sku,
        coalesce(products.name, sold.name, deals.name) as name,
        products.category,
        products.family,
        products.is_retired,
        coalesce(sold.order_count, 0) as order_count,
        coalesce(sold.attached_order_count, 0) as attached_order_count,
        coalesce(sold.returned_order_count, 0) as returned_order_count,
        cast(coalesce(sold.quantity, 0) as double) as quantity,
        cast(coalesce(sold.returned_quantity, 0) as double) as returned_quantity,
        try_cast(coalesce(sold.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        try_cast(coalesce(sold.returned_revenue_base, 0) as decimal(18, 4))
            as returned_revenue_base,
        try_cast(coalesce(sold.revenue_with_cogs_base, 0) as decimal(18, 4))
            as revenue_with_cogs_base,
        try_cast(sold.gross_margin_base as decimal(18, 4)) as gross_margin_base,
        try_cast(coalesce(sold.revenue_90d_base, 0) as decimal(18, 4)) as revenue_90d_base,
        try_cast(coalesce(sold.revenue_prior_90d_base, 0) as decimal(18, 4))
            as revenue_prior_90d_base,
        coalesce(demand.month_count, 0) as month_count,
        demand.variation_coefficient,
        coalesce(deals.won_count, 0) as won_count,
        coalesce(deals.lost_count, 0) as lost_count,
        coalesce(deals.open_count, 0) as open_count,
        try_cast(coalesce(deals.won_value_base, 0) as decimal(18, 4)) as won_value_base,
        try_cast(coalesce(deals.open_value_base, 0) as decimal(18, 4)) as open_value_base

    from named

    left join products
        on named.product_id = products.product_id

    left join sold
        on named.product_id = sold.product_id

    left join demand
        on named.product_id = demand.product_id

    left join deals
        on named.product_id = deals.product_id

)

select * from summed
