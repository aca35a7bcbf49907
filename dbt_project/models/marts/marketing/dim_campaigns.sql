-- Grain: one row per campaign.
with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

described as (

    select
        campaigns.campaign_id,
        campaigns.parent_id as parent_campaign_id,
        campaigns.name,
        campaigns.type,
        coalesce(campaigns.channel, campaigns.type) as channel,
        campaigns.status,
        campaigns.utm_campaign,
        campaigns.utm_source,
        campaigns.utm_medium,
        campaigns.currency,
        campaigns.budgeted_cost,
        campaigns.actual_cost,
        campaigns.expected_revenue,
        {{ to_base('campaigns.budgeted_cost', 'campaigns.currency') }} as budgeted_cost_base,
        {{ to_base('campaigns.actual_cost', 'campaigns.currency') }} as actual_cost_base,
        {{ to_base('campaigns.expected_revenue', 'campaigns.currency') }}
            as expected_revenue_base,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.created_at,
        campaigns.source,
        campaigns.known_at

    from campaigns

    left join rates
        on
            campaigns.currency = rates.currency
            and coalesce(campaigns.start_date, cast(campaigns.created_at as date)) = rates.day

)

select * from described
