-- Grain: one row per customer and moment of an order; what happened before looks for the next one.
with

orders as (

    select
        customer_id,
        order_id,
        placed_at,
        -- the browser sends its last cart events minutes after the shop has stamped the order
        placed_at + interval '15' minute as cart_closes_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and placed_at is not null
        and not is_cancelled
        and not is_refund
    -- of several orders of a moment one: who joins the nearest order finds one
    qualify row_number() over (
        partition by customer_id, placed_at
        order by order_id
    ) = 1

)

select * from orders
