-- Grain: one row per order and what was known of it when; a correction changes no moment.
with

versions as (

    select * from {{ source('raw', 'order') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

summed as (

    select
        record_key as order_id,
        min_by(placed_at, (known_at, file, position)) as placed_at,
        min(known_at) as known_from,
        min(known_at) filter (where lower(status) = 'shipped') as shipped_known_at,
        min(greatest(known_at, cancelled_at)) filter (
            where lower(status) = 'cancelled' or cancelled_at is not null
        ) as cancelled_known_at,
        min(known_at) filter (
            where lower(status) in ('returned', 'refunded') or refunded_amount > 0
        ) as returned_known_at
    from versions
    where
        not is_deleted
        and merged_into_ref is null
        and lower(status) is distinct from 'draft'
    group by record_key

),

of_customers as (

    select
        summed.*,
        orders.customer_id,
        orders.total_base
    from summed
    -- what its source has deleted does not act
    inner join orders
        on summed.order_id = orders.order_id
    where
        orders.customer_id is not null
        and not orders.is_refund

),

described as (

    select
        order_id,
        customer_id,
        total_base,
        placed_at,
        greatest(placed_at, known_from) as known_from,
        shipped_known_at,
        cancelled_known_at,
        returned_known_at,
        min(greatest(placed_at, known_from)) over (
            partition by customer_id
            order by placed_at, order_id
            rows between 1 following and unbounded following
        ) as next_order_known_at,
        -- of this and all later orders: with an as-of join the first order known after a moment;
        -- orders of one moment share it, for the join may find any of them
        min(greatest(placed_at, known_from)) over (
            partition by customer_id
            order by placed_at
            range between current row and unbounded following
        ) as order_known_by
    from of_customers

)

select * from described
