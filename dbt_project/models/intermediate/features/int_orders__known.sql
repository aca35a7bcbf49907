-- Grain: one row per order version or amount and what it counts as, with the time in which it
-- was the known one.
{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_order_versions__known') }}

),

amounts as (

    select * from {{ ref('int_order_amounts__known') }}

),

-- The rate of a day is public on that day, whenever the file with it arrived: a late file
-- repairs an amount, it tells nothing of the future.
rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

in_base as (

    select
        amounts.*,
        {{ to_base('amounts.revenue', 'amounts.currency') }} as revenue_base,
        {{ to_base('amounts.discount', 'amounts.currency') }} as discount_base,
        {{ to_base('amounts.subtotal', 'amounts.currency') }} as subtotal_base

    from amounts

    left join rates
        on
            amounts.currency = rates.currency
            and cast(amounts.placed_at as date) = rates.day

),

counted as (

    select
        customer_id,
        'order' as activity,
        placed_at as occurred_at,
        known_from,
        least(known_to, cancelled_at) as known_to
    from orders
    where coalesce(revenue >= 0, true)

    union all

    -- returned in whole or in part
    select
        customer_id,
        'order_return' as activity,
        placed_at as occurred_at,
        case
            when cancelled_at is null then return_known_from
            else greatest(return_known_from, cancelled_at)
        end as known_from,
        known_to
    from orders
    where return_known_from is not null

    union all

    -- of these, the documents that are no order or no order any more
    select
        customer_id,
        'return_document' as activity,
        placed_at as occurred_at,
        greatest(return_known_from, cancelled_at) as known_from,
        known_to
    from orders
    where
        return_known_from is not null
        and (cancelled_at is not null or revenue < 0)

),

known as (

    select
        customer_id,
        activity,
        cast(null as decimal(18, 4)) as amount,
        occurred_at,
        known_from,
        known_to
    from counted

    {% for amount in ['revenue', 'discount', 'subtotal'] -%}
        union all

        select
            customer_id,
            'order_{{ amount }}' as activity,
            {{ amount }}_base as amount,
            placed_at as occurred_at,
            known_from,
            known_to
        from in_base

    {% endfor %}
)

select * from known
