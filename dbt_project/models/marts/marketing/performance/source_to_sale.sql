-- Grain: one row per lead source, first campaign, lead type and month the leads were created in.
with

leads as (

    select * from {{ ref('int_leads__attributed') }}

),

spend as (

    select * from {{ ref('int_lead_costs__spread') }}

),

sales as (

    select * from {{ ref('int_lead_sales__won') }}

),

margins as (

    select * from {{ ref('int_won_customers__margins') }}

),

counted as (

    select
        source_to_sale_id,
        cohort_month,
        lead_source,
        campaign_id,
        lead_type,
        count(*) as lead_count,
        count(*) filter (where is_qualified) as mql_count,
        count(*) filter (where is_converted) as sql_count,
        count(*) filter (where is_costed) as costed_lead_count
    from leads
    group by
        source_to_sale_id,
        cohort_month,
        lead_source,
        campaign_id,
        lead_type

),

-- who is not known by a customer is told apart by the opportunity
won as (

    select
        source_to_sale_id,
        count(*) as won_opportunity_count,
        count(distinct coalesce(customer_id, opportunity_id)) as won_customer_count,
        sum(amount_base) as won_revenue_base,
        count(distinct coalesce(customer_id, opportunity_id)) filter (where is_costed)
            as costed_customer_count
    from sales
    group by source_to_sale_id

),

-- 2,629,800 seconds are a twelfth of 365.25 days
monthly_margins as (

    select
        source_to_sale_id,
        count(*) as margin_customer_count,
        try_cast(
            sum(margin_base) / (nullif(sum(seconds_won), 0) / 2629800) as decimal(18, 4)
        ) as monthly_margin_base
    from margins
    group by source_to_sale_id

),

priced as (

    select
        counted.source_to_sale_id,
        counted.lead_source,
        counted.campaign_id,
        counted.lead_type,
        counted.lead_count,
        counted.mql_count,
        counted.sql_count,
        coalesce(won.won_opportunity_count, 0) as won_opportunity_count,
        coalesce(won.won_customer_count, 0) as won_customer_count,
        try_cast(coalesce(won.won_revenue_base, 0) as decimal(18, 4)) as won_revenue_base,
        counted.costed_lead_count,
        coalesce(won.costed_customer_count, 0) as costed_customer_count,
        spend.spend_base,
        try_cast(spend.spend_base / nullif(counted.costed_lead_count, 0) as decimal(18, 4))
            as cost_per_lead_base,
        try_cast(spend.spend_base / nullif(won.costed_customer_count, 0) as decimal(18, 4))
            as cac_base,
        coalesce(monthly_margins.margin_customer_count, 0) as margin_customer_count,
        monthly_margins.monthly_margin_base,
        counted.cohort_month

    from counted

    left join spend
        on counted.source_to_sale_id = spend.source_to_sale_id

    left join won
        on counted.source_to_sale_id = won.source_to_sale_id

    left join monthly_margins
        on counted.source_to_sale_id = monthly_margins.source_to_sale_id

),

paid_back as (

    select
        source_to_sale_id,
        lead_source,
        campaign_id,
        lead_type,
        lead_count,
        mql_count,
        sql_count,
        won_opportunity_count,
        won_customer_count,
        won_revenue_base,
        costed_lead_count,
        costed_customer_count,
        spend_base,
        cost_per_lead_base,
        cac_base,
        margin_customer_count,
        monthly_margin_base,
        case
            when monthly_margin_base > 0 and cac_base >= 0
                then cast(cac_base as double) / cast(monthly_margin_base as double)
        end as payback_months,
        cohort_month

    from priced

)

select * from paid_back
