-- Grain: one row per product offered in an opportunity.
with

lines as (

    select * from {{ ref('stg_opportunity_lines') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

completed as (

    select
        lines.opportunity_line_id,
        lines.opportunity_id,
        lines.product_id,
        coalesce(lines.sku, products.sku) as sku,
        coalesce(lines.product_name, products.name) as product_name,
        coalesce(lines.currency, opportunities.currency) as currency,
        lines.quantity,
        lines.unit_price,
        lines.list_price,
        lines.discount,
        coalesce(
            lines.amount,
            try_cast(
                cast(
                    try_cast(lines.quantity * lines.unit_price as decimal(18, 4))
                    as decimal(20, 4)
                ) - coalesce(lines.discount, 0) as decimal(18, 4)
            )
        ) as amount,
        lines.service_date,
        -- valued on the same day as its opportunity, so that lines and whole are of one rate
        cast(
            coalesce(opportunities.closed_at, opportunities.created_at, lines.created_at) as date
        ) as rate_date,
        lines.created_at,
        lines.source,
        lines.known_at

    from lines

    left join opportunities
        on lines.opportunity_id = opportunities.opportunity_id

    left join products
        on lines.product_id = products.product_id

),

described as (

    select
        completed.opportunity_line_id,
        completed.opportunity_id,
        completed.product_id,
        completed.sku,
        completed.product_name,
        completed.currency,
        completed.unit_price,
        completed.list_price,
        completed.discount,
        completed.amount,
        {{ to_base('completed.unit_price', 'completed.currency') }} as unit_price_base,
        {{ to_base('completed.list_price', 'completed.currency') }} as list_price_base,
        {{ to_base('completed.discount', 'completed.currency') }} as discount_base,
        {{ to_base('completed.amount', 'completed.currency') }} as amount_base,
        completed.quantity,
        completed.service_date,
        completed.created_at,
        completed.source,
        completed.known_at

    from completed

    left join rates
        on
            completed.currency = rates.currency
            and completed.rate_date = rates.day

)

select * from described
