-- Grain: one row per purchase of a product that the customer buys again and again.
{% set least_gaps = 2 %}

with

orders as (

    select * from {{ ref('int_orders__first_known') }}

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}

),

-- several lines of one day are one purchase
purchases as (

    select
        orders.customer_id,
        order_lines.product_id,
        cast(orders.placed_at as date) as purchase_date,
        min_by(order_lines.order_line_id, (orders.placed_at, order_lines.order_line_id))
            as order_line_id,
        min(orders.placed_at) as placed_at,
        min(orders.known_from) as known_from,
        min(orders.cancelled_known_at) as cancelled_known_at
    from order_lines
    inner join orders
        on order_lines.order_id = orders.order_id
    where
        order_lines.product_id is not null
        and order_lines.quantity > 0
    group by
        orders.customer_id,
        order_lines.product_id,
        cast(orders.placed_at as date)

),

numbered as (

    select
        *,
        count(*) over (partition by customer_id, product_id) as purchase_count,
        min(known_from) over (
            partition by customer_id, product_id
            order by placed_at
            rows between 1 following and unbounded following
        ) as next_purchase_known_at
    from purchases
    qualify purchase_count > {{ least_gaps }}

),

-- the habit as it was known when the purchase became known: what arrives later is no part of it
history as (

    select
        numbered.order_line_id,
        earlier.placed_at - lag(earlier.placed_at) over (
            partition by numbered.order_line_id
            order by earlier.placed_at
        ) as gap
    from numbered
    inner join purchases as earlier
        on
            numbered.customer_id = earlier.customer_id
            and numbered.product_id = earlier.product_id
            and numbered.placed_at >= earlier.placed_at
            and numbered.known_from >= earlier.known_from

),

habits as (

    select
        order_line_id,
        count(gap) as gap_count,
        median(epoch(gap)) as median_gap_s
    from history
    group by order_line_id
    having count(gap) >= {{ least_gaps }}

),

moments as (

    select
        'replenishment_due' as trigger_type,
        numbered.order_line_id as subject_id,
        numbered.customer_id,
        habits.gap_count as value,
        numbered.placed_at + to_seconds(cast(round(habits.median_gap_s) as bigint)) as anchor_at,
        numbered.known_from,
        least(numbered.next_purchase_known_at, numbered.cancelled_known_at) as ended_at
    from numbered
    inner join habits
        on numbered.order_line_id = habits.order_line_id

)

select * from moments
