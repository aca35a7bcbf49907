-- Grain: one row per campaign and attribution model, as of the newest run.
with

roi as (

    select * from {{ source('crm', 'campaign_roi') }}
    where
        data_cutoff = (
            select max(newest.data_cutoff)
            from {{ source('crm', 'campaign_roi') }} as newest
        )

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

described as (

    select
        roi.campaign_id,
        campaigns.name as campaign_name,
        campaigns.channel,
        roi.attribution_model,
        {{ base_currency() }} as currency,
        roi.conversions,
        roi.conversions_low,
        roi.conversions_high,
        roi.acquisitions,
        roi.revenue_base,
        roi.revenue_low_base,
        roi.revenue_high_base,
        roi.margin_base,
        roi.cost_base,
        roi.roi,
        roi.roi_low,
        roi.roi_high,
        roi.roas,
        roi.cac as cac_base,
        roi.share,
        roi.disagreement,
        rank() over (
            partition by roi.attribution_model, roi.campaign_id = 'direct'
            order by roi.revenue_base desc
        ) as revenue_rank,
        roi.data_cutoff

    from roi

    left join campaigns
        on roi.campaign_id = campaigns.campaign_id

)

select * from described
