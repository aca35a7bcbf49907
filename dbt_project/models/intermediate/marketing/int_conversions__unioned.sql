-- Grain: one row per conversion: an order, or a won opportunity that no order names.
with

orders as (

    -- a credit note is no conversion
    select *
    from {{ ref('fct_orders') }}
    where
        not is_cancelled
        and not is_refund
        and known_at <= {{ as_of() }}

),

opportunities as (

    select *
    from {{ ref('fct_opportunities') }}
    where
        is_won
        and known_at <= {{ as_of() }}

),

-- the person of an opportunity is its contact, or who its lead was
leads as (

    select
        converted_opportunity_id as opportunity_id,
        min_by(customer_id, (converted_at, lead_id)) as customer_id
    from {{ ref('dim_leads') }}
    where
        customer_id is not null
        and converted_opportunity_id is not null
    group by converted_opportunity_id

),

unioned as (

    select
        'order:' || order_id as conversion_id,
        'order' as kind,
        order_id,
        opportunity_id,
        customer_id,
        currency,
        try_cast(coalesce(revenue, 0) as decimal(18, 4)) as conversion_value,
        revenue_base as conversion_value_base,
        try_cast(
            cast(revenue_base as decimal(20, 4)) - cogs_base as decimal(18, 4)
        ) as margin_base,
        placed_at as converted_at,
        known_at
    from orders

    union all

    -- where an order names the opportunity, the order is the money, even a cancelled one
    select
        'opportunity:' || opportunities.opportunity_id as conversion_id,
        'opportunity' as kind,
        cast(null as varchar) as order_id,
        opportunities.opportunity_id,
        coalesce(
            opportunities.contact_customer_id, leads.customer_id, opportunities.customer_id
        ) as customer_id,
        opportunities.currency,
        try_cast(coalesce(opportunities.amount, 0) as decimal(18, 4)) as conversion_value,
        opportunities.amount_base as conversion_value_base,
        cast(null as decimal(18, 4)) as margin_base,
        coalesce(opportunities.closed_at, opportunities.known_at) as converted_at,
        opportunities.known_at
    from opportunities
    left join leads
        on opportunities.opportunity_id = leads.opportunity_id
    where not exists (
        select 1
        from {{ ref('fct_orders') }} as every_order
        where every_order.opportunity_id = opportunities.opportunity_id
    )

),

numbered as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by converted_at, kind, conversion_id
        ) as conversion_number,
        row_number() over (
            partition by customer_id, kind
            order by converted_at, conversion_id
        ) as number_of_kind
    from unioned

),

typed as (

    select
        conversion_id,
        case
            when kind = 'opportunity' then 'won_opportunity'
            when customer_id is null then 'anonymous_order'
            when number_of_kind = 1 then 'first_order'
            else 'repeat_order'
        end as conversion_type,
        customer_id is not null and conversion_number = 1 as is_acquisition,
        customer_id,
        order_id,
        opportunity_id,
        currency,
        conversion_value,
        conversion_value_base,
        margin_base,
        converted_at,
        known_at
    from numbered

)

select * from typed
