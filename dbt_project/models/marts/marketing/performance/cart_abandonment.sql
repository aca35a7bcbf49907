-- Grain: one row per cart: the events of one cart_id up to an order or seven idle days.
{% set clock_slack = "interval '15' minute" %}

with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

products as (

    select * from {{ ref('stg_products') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

-- the browser sends its last cart events minutes after the shop has stamped the order
orders as (

    select
        customer_id,
        order_id,
        placed_at,
        placed_at + {{ clock_slack }} as cart_closes_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and placed_at is not null
        and not is_cancelled
    -- of orders of the same moment one, so that the joins below find one
    qualify row_number() over (
        partition by customer_id, placed_at
        order by order_id
    ) = 1

),

events as (

    select
        cart_events.*,
        max_by(
            identifiers.customer_id, (cart_events.event_at, cart_events.cart_event_id)
        ) filter (where identifiers.customer_id is not null) over (
            partition by cart_events.cart_id
        ) as customer_id,
        lag(cart_events.event_at) over (
            partition by cart_events.cart_id
            order by cart_events.event_at, cart_events.cart_event_id
        ) as previous_event_at
    from {{ ref('stg_cart_events') }} as cart_events
    left join identifiers
        on cart_events.customer_ref = identifiers.identifier

),

-- shops that name no cart keep one id per visitor for years: an order or a week ends the cart
events_numbered as (

    select
        events.*,
        cast(count(*) filter (
            where
            events.previous_event_at is null
            or events.event_at - events.previous_event_at > interval '7' day
            or orders.cart_closes_at >= events.previous_event_at
        ) over (
            partition by events.cart_id
            order by events.event_at, events.cart_event_id
            rows between unbounded preceding and current row
        ) as bigint) as cart_number
    from events
    asof left join orders
        on
            events.customer_id = orders.customer_id
            and events.event_at > orders.cart_closes_at

),

cart_products as (

    select
        events_numbered.cart_id,
        events_numbered.cart_number,
        events_numbered.product_id,
        sum(
            case events_numbered.event_type when 'added' then 1 else -1 end
            * cast(coalesce(events_numbered.quantity, 1) as decimal(18, 4))
        ) as quantity,
        max_by(
            coalesce(
                {{ to_base('events_numbered.price', 'events_numbered.currency') }},
                {{ to_base('products.list_price', 'products.currency', 'list_rates') }}
            ),
            (events_numbered.event_at, events_numbered.cart_event_id)
        ) filter (where events_numbered.event_type = 'added') as price_base
    from events_numbered
    left join products
        on events_numbered.product_id = products.product_id
    left join rates
        on
            events_numbered.currency = rates.currency
            and cast(events_numbered.event_at as date) = rates.day
    left join rates as list_rates
        on
            products.currency = list_rates.currency
            and cast(events_numbered.event_at as date) = list_rates.day
    where events_numbered.event_type in ('added', 'removed')
    group by
        events_numbered.cart_id,
        events_numbered.cart_number,
        events_numbered.product_id

),

contents as (

    select
        cart_id,
        cart_number,
        count(*) filter (where quantity > 0) as product_count,
        sum(quantity) filter (where quantity > 0) as item_count,
        count(*) filter (where quantity > 0 and price_base is null) as unpriced_product_count,
        sum(cast(quantity * price_base as decimal(18, 4))) filter (where quantity > 0)
            as value_base
    from cart_products
    group by
        cart_id,
        cart_number

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
    from events_numbered
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
        cast(value_base as decimal(18, 4)) as value_base,
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
