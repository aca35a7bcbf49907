-- Grain: one row per order and kind of trigger that it may set off.
with

orders as (

    select * from {{ ref('int_orders__first_known') }}

),

unioned as (

    select
        'order_confirmed' as trigger_type,
        order_id as subject_id,
        customer_id,
        total_base as value,
        placed_at as anchor_at,
        known_from,
        cancelled_known_at as ended_at
    from orders

    union all

    select
        'shipped' as trigger_type,
        order_id as subject_id,
        customer_id,
        total_base as value,
        shipped_known_at as anchor_at,
        shipped_known_at as known_from,
        least(cancelled_known_at, returned_known_at) as ended_at
    from orders
    where shipped_known_at is not null

    union all

    select
        'post_purchase_check' as trigger_type,
        order_id as subject_id,
        customer_id,
        total_base as value,
        placed_at as anchor_at,
        known_from,
        least(cancelled_known_at, returned_known_at) as ended_at
    from orders

    union all

    -- an order counts as a return of the customer even if it is cancelled later: at the time it
    -- was one, and what was right then is not changed afterwards
    select
        'lapsed_customer' as trigger_type,
        order_id as subject_id,
        customer_id,
        total_base as value,
        placed_at as anchor_at,
        known_from,
        next_order_known_at as ended_at
    from orders

)

select * from unioned
