-- Grain: one row per campaign.
with

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

costs as (

    select
        campaign_id,
        spend_base as cost_base
    from {{ ref('fct_ad_spend') }}
    where
        campaign_id is not null
        and known_at <= {{ as_of() }}

    union all

    select
        campaign_id,
        cost_base
    from {{ ref('fct_campaign_touches') }}
    where known_at <= {{ as_of() }}

    union all

    select
        campaign_id,
        actual_cost_base as cost_base
    from campaigns

),

summed as (

    -- a campaign that only spend or touches name has its costs all the same
    select
        campaign_id,
        sum(cost_base) as cost_base
    from costs
    group by campaign_id

),

described as (

    select
        summed.campaign_id,
        campaigns.name as campaign_name,
        campaigns.channel,
        cast(coalesce(summed.cost_base, 0) as decimal(18, 4)) as cost_base

    from summed

    left join campaigns
        on summed.campaign_id = campaigns.campaign_id

)

select * from described
