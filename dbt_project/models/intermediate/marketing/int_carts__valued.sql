-- Grain: one row per cart in which a product was added or removed: what is in it at the end.
with

cart_events as (

    select * from {{ ref('int_cart_events__numbered') }}
    where event_type in ('added', 'removed')

),

products as (

    select * from {{ ref('stg_products') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

products_of_carts as (

    select
        cart_events.cart_id,
        cart_events.cart_number,
        cart_events.product_id,
        sum(
            case cart_events.event_type when 'added' then 1 else -1 end
            * try_cast(coalesce(cart_events.quantity, 1) as decimal(18, 4))
        ) as quantity,
        max_by(
            coalesce(
                {{ to_base('cart_events.price', 'cart_events.currency') }},
                {{ to_base('products.list_price', 'products.currency', 'list_rates') }}
            ),
            (cart_events.event_at, cart_events.cart_event_id)
        ) filter (where cart_events.event_type = 'added') as price_base
    from cart_events
    left join products
        on cart_events.product_id = products.product_id
    left join rates
        on
            cart_events.currency = rates.currency
            and cast(cart_events.event_at as date) = rates.day
    left join rates as list_rates
        on
            products.currency = list_rates.currency
            and cast(cart_events.event_at as date) = list_rates.day
    group by
        cart_events.cart_id,
        cart_events.cart_number,
        cart_events.product_id

),

valued as (

    select
        cart_id,
        cart_number,
        count(*) filter (where quantity > 0) as product_count,
        sum(quantity) filter (where quantity > 0) as item_count,
        count(*) filter (where quantity > 0 and price_base is null) as unpriced_product_count,
        sum(try_cast(quantity * price_base as decimal(18, 4))) filter (where quantity > 0)
            as value_base
    from products_of_carts
    group by
        cart_id,
        cart_number

)

select * from valued
