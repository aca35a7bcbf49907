-- Grain: one row per lead source and month in which its leads were created.
with

leads as (

    select
        *,
        coalesce(lead_source, 'unknown') as known_lead_source,
        coalesce(created_at, known_at) as entered_at
    from {{ ref('dim_leads') }}

),

touches as (

    select * from {{ ref('fct_campaign_touches') }}

),

-- what the CRM says brought the lead is believed; touches speak where it is silent
first_touches as (

    select
        leads.lead_id,
        min_by(touches.campaign_id, (touches.touched_at, touches.touch_id)) as campaign_id
    from leads
    inner join touches
        on
            leads.customer_id = touches.customer_id
            and leads.entered_at >= touches.touched_at
    where leads.campaign_id is null
    group by leads.lead_id

),

costs as (

    select
        campaign_id,
        spend_base as cost_base
    from {{ ref('fct_ad_spend') }}

    union all by name

    select
        campaign_id,
        actual_cost_base as cost_base
    from {{ ref('dim_campaigns') }}

    union all by name

    select
        campaign_id,
        cost_base
    from touches

),

-- a campaign of which nobody stated any cost has an unknown cost, not none
campaign_costs as (

    select
        campaign_id,
        cast(sum(cost_base) as decimal(18, 4)) as cost_base
    from costs
    where campaign_id is not null and cost_base is not null
    group by campaign_id

),

attributed as (

    select
        leads.lead_id,
        leads.known_lead_source as lead_source,
        cast(date_trunc('month', leads.entered_at) as date) as cohort_month,
        leads.entered_at,
        leads.is_qualified,
        leads.is_converted,
        leads.converted_opportunity_id,
        coalesce(leads.campaign_id, first_touches.campaign_id) as first_campaign_id,
        campaign_costs.cost_base as campaign_cost_base,
        campaign_costs.cost_base is not null as is_costed

    from leads

    left join first_touches
        on leads.lead_id = first_touches.lead_id

    left join campaign_costs
        on coalesce(leads.campaign_id, first_touches.campaign_id) = campaign_costs.campaign_id

),

campaign_cells as (

    select
        first_campaign_id,
        lead_source,
        cohort_month,
        campaign_cost_base,
        count(*) as lead_count
    from attributed
    where is_costed
    group by
        first_campaign_id,
        lead_source,
        cohort_month,
        campaign_cost_base

),

campaign_cells_running as (

    select
        *,
        cast(sum(lead_count) over (
            partition by first_campaign_id
            order by cohort_month, lead_source
            rows between unbounded preceding and current row
        ) as bigint) as leads_until,
        cast(sum(lead_count) over (partition by first_campaign_id) as bigint) as leads_total
    from campaign_cells

),

-- differences of rounded running totals: the parts close to the cost of the campaign exactly
spend as (

    select
        lead_source,
        cohort_month,
        sum(
            cast(campaign_cost_base * leads_until / leads_total as decimal(18, 4))
            - cast(
                campaign_cost_base * (leads_until - lead_count) / leads_total as decimal(18, 4)
            )
        ) as spend_base
    from campaign_cells_running
    group by
        lead_source,
        cohort_month

),

-- an opportunity that several leads became is counted once, for the oldest of them
won_opportunities as (

    select
        attributed.lead_source,
        attributed.cohort_month,
        attributed.is_costed,
        opportunities.opportunity_id,
        coalesce(opportunities.customer_id, opportunities.opportunity_id) as won_customer,
        opportunities.customer_id,
        opportunities.amount_base,
        opportunities.closed_at
    from attributed
    inner join {{ ref('fct_opportunities') }} as opportunities
        on attributed.converted_opportunity_id = opportunities.opportunity_id
    where opportunities.is_won
    qualify row_number() over (
        partition by opportunities.opportunity_id
        order by attributed.entered_at, attributed.lead_id
    ) = 1

),

won as (

    select
        lead_source,
        cohort_month,
        count(*) as won_opportunity_count,
        sum(amount_base) as won_revenue_base,
        count(distinct won_customer) filter (where is_costed) as costed_customer_count
    from won_opportunities
    group by
        lead_source,
        cohort_month

),

won_customers as (

    select
        lead_source,
        cohort_month,
        customer_id,
        min(closed_at) as won_at
    from won_opportunities
    where is_costed and customer_id is not null and closed_at < {{ as_of() }}
    group by
        lead_source,
        cohort_month,
        customer_id

),

-- the company buys where the order names one
bought as (

    select
        coalesce(accounts.customer_id, orders.customer_id) as customer_id,
        orders.placed_at,
        orders.revenue_base - orders.cogs_base as margin_base
    from {{ ref('fct_orders') }} as orders
    left join {{ ref('dim_accounts') }} as accounts
        on orders.account_id = accounts.account_id
    where not orders.is_cancelled and orders.placed_at < {{ as_of() }}

),

-- one order of unknown margin makes the margin of its customer unknown
customer_margins as (

    select
        won_customers.lead_source,
        won_customers.cohort_month,
        won_customers.customer_id,
        sum(bought.margin_base) as margin_base,
        date_diff('second', min(won_customers.won_at), {{ as_of() }}) as seconds_won
    from won_customers
    inner join bought
        on
            won_customers.customer_id = bought.customer_id
            and date_trunc('day', won_customers.won_at) <= bought.placed_at
    group by
        won_customers.lead_source,
        won_customers.cohort_month,
        won_customers.customer_id
    having count(*) = count(bought.margin_base)

),

-- 2,629,800 seconds are a twelfth of 365.25 days
monthly_margins as (

    select
        lead_source,
        cohort_month,
        count(*) as margin_customer_count,
        cast(
            sum(margin_base) / (nullif(sum(seconds_won), 0) / 2629800) as decimal(18, 4)
        ) as monthly_margin_base
    from customer_margins
    group by
        lead_source,
        cohort_month

),

counted as (

    select
        lead_source,
        cohort_month,
        count(*) as lead_count,
        count(*) filter (where is_qualified) as mql_count,
        count(*) filter (where is_converted) as converted_count,
        count(first_campaign_id) as campaign_lead_count,
        count(*) filter (where is_costed) as costed_lead_count
    from attributed
    group by
        lead_source,
        cohort_month

),

priced as (

    select
        counted.lead_source,
        counted.lead_count,
        counted.mql_count,
        counted.converted_count,
        coalesce(won.won_opportunity_count, 0) as won_opportunity_count,
        cast(coalesce(won.won_revenue_base, 0) as decimal(18, 4)) as won_revenue_base,
        counted.campaign_lead_count,
        counted.costed_lead_count,
        coalesce(won.costed_customer_count, 0) as costed_customer_count,
        cast(spend.spend_base as decimal(18, 4)) as spend_base,
        cast(
            spend.spend_base / nullif(counted.costed_lead_count, 0) as decimal(18, 4)
        ) as cost_per_lead_base,
        cast(
            spend.spend_base / nullif(won.costed_customer_count, 0) as decimal(18, 4)
        ) as cac_base,
        coalesce(monthly_margins.margin_customer_count, 0) as margin_customer_count,
        monthly_margins.monthly_margin_base,
        counted.cohort_month

    from counted

    left join spend
        on
            counted.lead_source = spend.lead_source
            and counted.cohort_month is not distinct from spend.cohort_month

    left join won
        on
            counted.lead_source = won.lead_source
            and counted.cohort_month is not distinct from won.cohort_month

    left join monthly_margins
        on
            counted.lead_source = monthly_margins.lead_source
            and counted.cohort_month is not distinct from monthly_margins.cohort_month

),

paid_back as (

    select
        lead_source,
        lead_count,
        mql_count,
        converted_count,
        won_opportunity_count,
        won_revenue_base,
        campaign_lead_count,
        costed_lead_count,
        costed_customer_count,
        spend_base,
        cost_per_lead_base,
        cac_base,
        margin_customer_count,
        monthly_margin_base,
        case
            when monthly_margin_base > 0
                then cast(cac_base as double) / cast(monthly_margin_base as double)
        end as payback_months,
        cohort_month

    from priced

)

select * from paid_back
