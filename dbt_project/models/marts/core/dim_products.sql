-- Grain: one row per product.
with

products as (

    select * from {{ ref('stg_products') }}

)

select
    product_id,
    sku,
    name,
    category,
    family,
    brand,
    variant,
    list_price,
    cost,
    currency,
    stock_on_hand,
    lead_time_days,
    coalesce(retired_on < cast({{ as_of() }} as date), false) as is_retired,
    launched_on,
    retired_on,
    source,
    known_at
from products
