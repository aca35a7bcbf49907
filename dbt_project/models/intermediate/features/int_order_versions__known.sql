-- Grain: one row per version of an order of a customer, with the time in which it was the
-- known one.
with

orders as (

    select * from {{ source('raw', 'order') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'order'

),

negative_lines as (

    -- a document with negative quantities takes goods back, whatever its status says
    select
        order_ref,
        min(known_at) as known_at
    from {{ source('raw', 'order_line') }}
    where quantity < 0
    group by order_ref

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

known as (

    select
        orders.record_key as order_id,
        coalesce(persons.customer_id, accounts.customer_id) as customer_id,
        orders.currency,
        try_cast(
            coalesce(
                orders.revenue,
                cast(orders.subtotal as decimal(20, 4)) - coalesce(orders.discount, 0),
                cast(orders.total as decimal(20, 4))
                - coalesce(orders.shipping, 0)
                - coalesce(orders.tax, 0)
            ) as decimal(18, 4)
        ) as revenue,
        orders.subtotal,
        orders.discount,
        orders.placed_at,
        orders.known_at as known_from,
        superseded.known_to,
        -- a version may state a cancellation that lies after the as_of: it counts until then
        case
            when lower(orders.status) = 'cancelled' or orders.cancelled_at is not null
                then coalesce(orders.cancelled_at, orders.known_at)
        end as cancelled_at,
        case
            when
                lower(orders.status) in ('returned', 'refunded')
                or orders.refunded_amount > 0
                or orders.revenue < 0
                or orders.total < 0
                then orders.known_at
            when negative_lines.known_at is not null
                then greatest(orders.known_at, negative_lines.known_at)
        end as return_known_from

    from orders

    left join identifiers as persons
        on orders.customer_ref = persons.identifier

    left join identifiers as accounts
        on 'account:' || orders.account_ref = accounts.identifier

    left join negative_lines
        on orders.record_key = negative_lines.order_ref

    left join superseded
        on
            orders.record_key = superseded.record_key
            and orders.file = superseded.file
            and orders.position = superseded.position
            and orders.record_hash = superseded.record_hash
            and orders.known_at = superseded.known_at

    where
        coalesce(persons.customer_id, accounts.customer_id) is not null
        and not orders.is_deleted
        and orders.merged_into_ref is null
        -- a draft is no order yet, and no order any more where it was one
        and lower(orders.status) is distinct from 'draft'

)

select * from known
