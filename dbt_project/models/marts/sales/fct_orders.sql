-- Grain: one row per order that was placed, or per cancellation or refund document; what is still
-- being drawn up is in draft_orders.
with

orders as (

    select * from {{ ref('int_orders__totalled') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

described as (

    select
        orders.order_id,
        coalesce(by_person.customer_id, by_account.customer_id) as customer_id,
        {{ account_id('orders.account_id') }} as account_id,
        orders.opportunity_id,
        lower(orders.status) as status,
        orders.coupon,
        orders.affiliation,
        orders.country_code,
        orders.currency,
        orders.subtotal,
        orders.discount,
        orders.shipping,
        orders.tax,
        orders.total,
        orders.revenue,
        orders.cogs,
        orders.refunded_amount,
        {{ to_base('orders.subtotal', 'orders.currency') }} as subtotal_base,
        {{ to_base('orders.discount', 'orders.currency') }} as discount_base,
        {{ to_base('orders.shipping', 'orders.currency') }} as shipping_base,
        {{ to_base('orders.tax', 'orders.currency') }} as tax_base,
        {{ to_base('orders.total', 'orders.currency') }} as total_base,
        {{ to_base('orders.revenue', 'orders.currency') }} as revenue_base,
        {{ to_base('orders.cogs', 'orders.currency') }} as cogs_base,
        {{ to_base('orders.refunded_amount', 'orders.currency') }} as refunded_amount_base,
        orders.line_count,
        orders.item_count,
        coalesce(lower(orders.status) = 'cancelled', false)
        or orders.cancelled_at is not null as is_cancelled,
        coalesce(lower(orders.status) in ('refunded', 'returned'), false)
        or coalesce(orders.refunded_amount, 0) > 0 as is_returned,
        -- a credit note: it takes money back and orders nothing
        coalesce(orders.revenue < 0, false) or coalesce(orders.total < 0, false) as is_refund,
        orders.refunded_order_id,
        orders.placed_at,
        orders.cancelled_at,
        orders.source,
        orders.known_at

    from orders

    left join identifiers as by_person
        on orders.customer_ref = by_person.identifier

    left join identifiers as by_account
        on 'account:' || orders.account_id = by_account.identifier

    {{ join_account('orders.account_id') }}

    left join rates
        on
            orders.currency = rates.currency
            and cast(orders.placed_at as date) = rates.day

    where lower(orders.status) is distinct from 'draft'

)

select * from described
