-- Grain: one row per order version that states its amounts, else per version of one of its
-- lines, with the time in which it was the known one.
{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_order_versions__known') }}

),

order_lines as (

    select * from {{ source('raw', 'order_line') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'order_line'

),

stated as (

    select
        customer_id,
        currency,
        revenue,
        coalesce(discount, 0) as discount,
        try_cast(
            coalesce(subtotal, cast(revenue as decimal(20, 4)) + coalesce(discount, 0))
            as decimal(18, 4)
        ) as subtotal,
        placed_at,
        known_from,
        least(known_to, cancelled_at) as known_to

    from orders

    where revenue >= 0

),

added_up as (

    select
        orders.customer_id,
        coalesce(orders.currency, order_lines.currency) as currency,
        try_cast(order_lines.quantity * order_lines.unit_price as decimal(18, 4))
        - coalesce(order_lines.discount, 0) as revenue,
        coalesce(order_lines.discount, 0) as discount,
        try_cast(order_lines.quantity * order_lines.unit_price as decimal(18, 4)) as subtotal,
        orders.placed_at,
        greatest(orders.known_from, order_lines.known_at) as known_from,
        least(orders.known_to, orders.cancelled_at, superseded.known_to) as known_to

    from orders

    inner join order_lines
        on orders.order_id = order_lines.order_ref

    left join superseded
        on
            order_lines.record_key = superseded.record_key
            and order_lines.file = superseded.file
            and order_lines.position = superseded.position
            and order_lines.record_hash = superseded.record_hash
            and order_lines.known_at = superseded.known_at

    where
        orders.revenue is null
        and not order_lines.is_deleted

),

known as (

    select * from stated

    union all by name

    select * from added_up

)

select * from known
