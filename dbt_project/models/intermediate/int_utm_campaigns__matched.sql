-- Grain: one row per distinct campaign tag of web sessions that names exactly one campaign.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

campaigns as (

    select
        *,
        -- after the namespace all is the source's, as in urn:li:sponsoredCampaign:1
        substr(campaign_id, instr(campaign_id, ':') + 1) as own_id
    from {{ ref('stg_campaigns') }}

),

tags as (

    select distinct
        utm_campaign,
        coalesce(utm_source, '') as utm_source,
        coalesce(utm_medium, '') as utm_medium
    from sessions
    where utm_campaign is not null

),

-- the tag written on the campaign beats its id, its id beats its name
candidates as (

    select
        tags.utm_campaign,
        tags.utm_source,
        tags.utm_medium,
        campaigns.campaign_id,
        case
            when lower(campaigns.utm_campaign) = lower(tags.utm_campaign) then 0
            when lower(campaigns.own_id) = lower(tags.utm_campaign) then 10
            else 20
        end
        + case
            when lower(campaigns.utm_source) = lower(tags.utm_source) then 0
            when campaigns.utm_source is null then 1
            else 2
        end
        + case
            when lower(campaigns.utm_medium) = lower(tags.utm_medium) then 0
            when campaigns.utm_medium is null then 1
            else 2
        end as distance
    from tags
    inner join campaigns
        on lower(tags.utm_campaign) in (
            lower(campaigns.utm_campaign),
            lower(campaigns.own_id),
            lower(campaigns.name)
        )

),

nearest as (

    select *
    from candidates
    qualify rank() over (
        partition by utm_campaign, utm_source, utm_medium
        order by distance
    ) = 1

),

-- two campaigns equally near would make the visit count for one by chance
matched as (

    select
        utm_campaign,
        utm_source,
        utm_medium,
        min(campaign_id) as campaign_id
    from nearest
    group by utm_campaign, utm_source, utm_medium
    having count(*) = 1

)

select * from matched
