-- Grain: one row per order that is still a draft: nothing is ordered, and nothing counts, so far.
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

drafts as (

    select
        orders.order_id,
        coalesce(by_person.customer_id, by_account.customer_id) as customer_id,
        {{ account_id('orders.account_id') }} as account_id,
        orders.opportunity_id,
        orders.currency,
        orders.total,
        orders.revenue,
        {{ to_base('orders.total', 'orders.currency') }} as total_base,
        {{ to_base('orders.revenue', 'orders.currency') }} as revenue_base,
        orders.line_count,
        orders.item_count,
        orders.placed_at as planned_at,
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

    where lower(orders.status) = 'draft'

)

select * from drafts
