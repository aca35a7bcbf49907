-- Grain: one row per line of an order that was placed.
with

order_lines as (

    select * from {{ ref('stg_order_lines') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

drafts as (

    select * from {{ ref('draft_orders') }}

),

products as (

    select * from {{ ref('stg_products') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

-- a line says what its order says wherever it is silent itself
completed as (

    select
        order_lines.order_line_id,
        order_lines.order_id,
        coalesce(orders.customer_id, identifiers.customer_id) as customer_id,
        order_lines.product_id,
        coalesce(order_lines.sku, products.sku) as sku,
        coalesce(order_lines.product_name, products.name) as product_name,
        coalesce(order_lines.currency, orders.currency) as currency,
        order_lines.unit_price,
        order_lines.list_price,
        coalesce(order_lines.discount, 0) as discount,
        try_cast(
            cast(
                try_cast(order_lines.quantity * order_lines.unit_price as decimal(18, 4))
                as decimal(20, 4)
            ) - coalesce(order_lines.discount, 0) as decimal(18, 4)
        ) as revenue,
        coalesce(
            order_lines.cogs,
            case
                when products.currency = coalesce(order_lines.currency, orders.currency)
                    then try_cast(order_lines.quantity * products.cost as decimal(18, 4))
            end
        ) as cogs,
        order_lines.quantity,
        coalesce(orders.is_cancelled, false) as is_cancelled,
        order_lines.quantity < 0 or coalesce(orders.is_returned, false) as is_returned,
        coalesce(order_lines.placed_at, orders.placed_at) as placed_at,
        order_lines.source,
        order_lines.known_at

    from order_lines

    left join orders
        on order_lines.order_id = orders.order_id

    left join products
        on order_lines.product_id = products.product_id

    left join identifiers
        on order_lines.customer_ref = identifiers.identifier

    left join drafts
        on order_lines.order_id = drafts.order_id

    where drafts.order_id is null

),

described as (

    select
        completed.order_line_id,
        completed.order_id,
        completed.customer_id,
        completed.product_id,
        completed.sku,
        completed.product_name,
        completed.currency,
        completed.unit_price,
        completed.list_price,
        completed.discount,
        completed.revenue,
        completed.cogs,
        {{ to_base('completed.unit_price', 'completed.currency') }} as unit_price_base,
        {{ to_base('completed.list_price', 'completed.currency') }} as list_price_base,
        {{ to_base('completed.discount', 'completed.currency') }} as discount_base,
        {{ to_base('completed.revenue', 'completed.currency') }} as revenue_base,
        {{ to_base('completed.cogs', 'completed.currency') }} as cogs_base,
        completed.quantity,
        completed.is_cancelled,
        completed.is_returned,
        completed.placed_at,
        completed.source,
        completed.known_at

    from completed

    left join rates
        on
            completed.currency = rates.currency
            and cast(completed.placed_at as date) = rates.day

)

select * from described
