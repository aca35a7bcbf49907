-- Grain: one row per amount that has no value in the base currency.
with

amounts as (

    select
        'fct_orders' as table_name,
        'total' as column_name,
        order_id as record_id,
        total as amount,
        currency,
        cast(placed_at as date) as amount_date
    from {{ ref('fct_orders') }}
    where total is not null and total_base is null

    union all

    select
        'fct_order_lines' as table_name,
        'revenue' as column_name,
        order_line_id as record_id,
        revenue as amount,
        currency,
        cast(placed_at as date) as amount_date
    from {{ ref('fct_order_lines') }}
    where revenue is not null and revenue_base is null

    union all

    select
        'fct_opportunities' as table_name,
        'amount' as column_name,
        opportunity_id as record_id,
        amount,
        currency,
        cast(coalesce(closed_at, created_at) as date) as amount_date
    from {{ ref('fct_opportunities') }}
    where amount is not null and amount_base is null

    union all

    select
        'fct_opportunity_lines' as table_name,
        'amount' as column_name,
        opportunity_line_id as record_id,
        amount,
        currency,
        cast(created_at as date) as amount_date
    from {{ ref('fct_opportunity_lines') }}
    where amount is not null and amount_base is null

    union all

    select
        'dim_campaigns' as table_name,
        'actual_cost' as column_name,
        campaign_id as record_id,
        actual_cost as amount,
        currency,
        coalesce(start_date, cast(created_at as date)) as amount_date
    from {{ ref('dim_campaigns') }}
    where actual_cost is not null and actual_cost_base is null

    union all

    select
        'fct_campaign_touches' as table_name,
        'cost' as column_name,
        touch_id as record_id,
        cost as amount,
        currency,
        cast(touched_at as date) as amount_date
    from {{ ref('fct_campaign_touches') }}
    where cost is not null and cost_base is null

    union all

    select
        'fct_ad_spend' as table_name,
        'spend' as column_name,
        ad_spend_id as record_id,
        spend as amount,
        currency,
        spend_date as amount_date
    from {{ ref('fct_ad_spend') }}
    where spend is not null and spend_base is null

),

explained as (

    select
        table_name,
        column_name,
        record_id,
        currency,
        case when currency is null then 'no_currency' else 'no_rate' end as reason_code,
        try_cast(amount as decimal(18, 4)) as amount,
        amount_date
    from amounts

)

select * from explained
