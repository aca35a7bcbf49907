-- Grain: one row per campaign.
with

costs as (

    select * from {{ ref('int_campaign_costs__summed') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

described as (

    select
        costs.campaign_id,
        campaigns.name as campaign_name,
        campaigns.channel,
        -- a platform may have given back more than there was to pay
        try_cast(greatest(coalesce(costs.cost_base, 0), 0) as decimal(18, 4)) as cost_base

    from costs

    left join campaigns
        on costs.campaign_id = campaigns.campaign_id

)

select * from described
