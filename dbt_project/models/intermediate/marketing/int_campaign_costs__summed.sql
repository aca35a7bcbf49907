-- Grain: one row per campaign that a campaign list, a touch or an ad report names.
with

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
    from {{ ref('dim_campaigns') }}

),

-- a campaign of which nobody stated any cost has an unknown cost, not none
summed as (

    select
        campaign_id,
        try_cast(sum(cost_base) as decimal(18, 4)) as cost_base
    from costs
    group by campaign_id

)

select * from summed
