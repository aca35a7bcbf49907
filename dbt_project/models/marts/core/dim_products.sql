-- Grain: one row per product.
with

products as (

    select * from {{ ref('stg_products') }}

),

-- a price holds now, so it is valued at the rate of now
rates as (

    select * from {{ ref('int_fx_rates__daily') }}
    where day = cast({{ as_of() }} as date)

),

described as (

    select
        products.product_id,
        products.sku,
        products.name,
        products.category,
        products.family,
        products.brand,
        products.variant,
        products.list_price,
        products.cost,
        {{ to_base('products.list_price', 'products.currency') }} as list_price_base,
        {{ to_base('products.cost', 'products.currency') }} as cost_base,
        products.currency,
        products.stock_on_hand,
        products.lead_time_days,
        coalesce(products.retired_on < cast({{ as_of() }} as date), false) as is_retired,
        products.launched_on,
        products.retired_on,
        products.source,
        products.known_at

    from products

    left join rates
        on products.currency = rates.currency

)

select * from described
