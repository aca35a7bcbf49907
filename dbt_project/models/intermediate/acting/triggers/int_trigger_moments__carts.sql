-- Grain: one row per cart event after which something lay in the cart of a known customer.
with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

cart_events as (

    select * from {{ ref('stg_cart_events') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

orders as (

    select * from {{ ref('int_orders__first_known') }}

),

events as (

    select
        cart_events.cart_event_id,
        cart_events.cart_id,
        identifiers.customer_id,
        case cart_events.event_type when 'added' then 1 when 'removed' then -1 else 0 end
        * try_cast(coalesce(cart_events.quantity, 1) as decimal(18, 4)) as units,
        {{ to_base('cart_events.price', 'cart_events.currency') }} as price_base,
        cart_events.event_at,
        greatest(cart_events.event_at, cart_events.known_at) as known_from

    from cart_events

    inner join identifiers
        on cart_events.customer_ref = identifiers.identifier

    left join rates
        on
            cart_events.currency = rates.currency
            and cast(cart_events.event_at as date) = rates.day

),

-- many shops keep one cart id for years: only the last seven days are this cart
filled as (

    select
        *,
        sum(units) over last_week as units_7d,
        sum(cast(units as decimal(28, 4)) * price_base) over last_week as value_base,
        min(known_from) over (
            partition by cart_id, customer_id
            order by event_at, cart_event_id
            rows between 1 following and unbounded following
        ) as next_event_known_at
    from events
    window last_week as (
        partition by cart_id, customer_id
        order by event_at
        range between interval '7' day preceding and current row
    )

),

-- the browser's last cart events reach us minutes after the shop has stamped the order
moments as (

    select
        'cart_abandoned' as trigger_type,
        filled.cart_event_id as subject_id,
        filled.customer_id,
        try_cast(filled.value_base as decimal(18, 4)) as value,
        filled.event_at as anchor_at,
        filled.known_from,
        least(filled.next_event_known_at, orders.order_known_by) as ended_at

    from filled

    asof left join orders
        on
            filled.customer_id = orders.customer_id
            and filled.event_at - interval '15' minute <= orders.placed_at

    where filled.units_7d > 0

)

select * from moments
