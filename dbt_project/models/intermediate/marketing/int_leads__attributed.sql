-- Grain: one row per lead, with its first campaign and the cell of source_to_sale it counts in.
with

leads as (

    select
        *,
        coalesce(created_at, known_at) as entered_at
    from {{ ref('dim_leads') }}

),

touches as (

    select * from {{ ref('fct_campaign_touches') }}

),

campaign_costs as (

    select * from {{ ref('int_campaign_costs__summed') }}

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

with_campaign as (

    select
        leads.lead_id,
        cast(date_trunc('month', leads.entered_at) as date) as cohort_month,
        coalesce(leads.lead_source, 'unknown') as lead_source,
        coalesce(leads.campaign_id, first_touches.campaign_id) as campaign_id,
        coalesce(leads.rating, 'unrated') as lead_type,
        leads.is_qualified,
        leads.is_converted,
        leads.converted_opportunity_id,
        leads.entered_at

    from leads

    left join first_touches
        on leads.lead_id = first_touches.lead_id

),

attributed as (

    select
        with_campaign.*,
        campaign_costs.cost_base as campaign_cost_base,
        campaign_costs.cost_base is not null as is_costed,
        {{ surrogate_key([
            'with_campaign.cohort_month', 'with_campaign.lead_source',
            'with_campaign.campaign_id', 'with_campaign.lead_type',
        ]) }} as source_to_sale_id

    from with_campaign

    left join campaign_costs
        on with_campaign.campaign_id = campaign_costs.campaign_id

)

select * from attributed
