-- Grain: one row per ad click id that a source has tied to a campaign.
with

campaign_touches as (

    select * from {{ ref('stg_campaign_touches') }}

),

tied as (

    select
        click_id,
        min_by(campaign_id, campaign_touch_id) as campaign_id
    from campaign_touches
    where click_id is not null
    group by click_id

)

select * from tied
