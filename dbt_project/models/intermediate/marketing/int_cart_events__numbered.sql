-- Grain: one row per cart event, with its customer and the number of its cart.
with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

orders as (

    select * from {{ ref('int_order_moments') }}

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
numbered as (

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

)

select * from numbered
