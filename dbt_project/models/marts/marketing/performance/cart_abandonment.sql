-- Grain: one row per cart: the events of one cart_id up to an order or seven idle days.
with

cart_events as (

    select * from {{ ref('int_cart_events__numbered') }}

),

contents as (

    select * from {{ ref('int_carts__valued') }}

),

orders as (

    select * from {{ ref('int_order_moments') }}

),

carts as (

    select
        cart_id,
        cart_number,
        customer_id,
        count(*) as event_count,
        bool_or(event_type in ('checkout_started', 'step')) as has_checkout_started,
        bool_or(event_type = 'abandoned') as is_reported_abandoned,
        min(event_at) as opened_at,
        max(event_at) as last_event_at,
        max(event_at) + interval '24' hour <= {{ as_of() }} as is_day_over,
        max(event_at) + interval '7' day <= {{ as_of() }} as is_week_over
    from cart_events
    group by
        cart_id,
        cart_number,
        customer_id

),

ordered as (

    select
        carts.*,
        contents.product_count,
        contents.item_count,
        contents.unpriced_product_count,
        contents.value_base,
        contents.product_count = 0 as is_emptied,
        case
            when orders.placed_at - carts.last_event_at <= interval '7' day then orders.order_id
        end as order_id,
        case
            when orders.placed_at - carts.last_event_at <= interval '7' day then orders.placed_at
        end as ordered_at,
        coalesce(orders.placed_at - carts.last_event_at <= interval '24' hour, false)
            as has_order_24h,
        coalesce(orders.placed_at - carts.last_event_at <= interval '7' day, false)
            as has_order_7d

    from carts

    left join contents
        on
            carts.cart_id = contents.cart_id
            and carts.cart_number = contents.cart_number

    asof left join orders
        on
            carts.customer_id = orders.customer_id
            and carts.last_event_at <= orders.cart_closes_at

),

-- who is not known cannot be seen to order, and what is not over cannot be missed
judged as (

    select
        *,
        case
            when has_order_24h then true
            when customer_id is not null and is_day_over then false
        end as is_ordered_within_24h,
        case
            when has_order_7d then true
            when customer_id is not null and is_week_over then false
        end as is_ordered_within_7d,
        case
            when has_order_24h or is_emptied then false
            when is_reported_abandoned then true
            when customer_id is not null and is_day_over then true
        end as is_abandoned
    from ordered

),

described as (

    select
        cart_id,
        cart_number,
        customer_id,
        order_id,
        event_count,
        coalesce(product_count, 0) as product_count,
        cast(coalesce(item_count, 0) as double) as item_count,
        coalesce(unpriced_product_count, 0) as unpriced_product_count,
        try_cast(value_base as decimal(18, 4)) as value_base,
        has_checkout_started,
        is_ordered_within_24h,
        is_ordered_within_7d,
        is_abandoned,
        case when is_abandoned then is_ordered_within_7d end as is_recovered,
        opened_at,
        last_event_at,
        ordered_at

    from judged

)

select * from described
