-- Grain: one ad, ad group or campaign on one day of the account's calendar; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'ad_spend')) }}

),

renamed as (

    select
        record_key as ad_spend_id,
        platform,
        ad_account_id,
        ad_campaign_id,
        spend_date,
        ad_group_id,
        ad_id,
        campaign_ref as campaign_id,
        keyword,
        country_code,
        impressions,
        clicks,
        spend,
        conversions,
        conversions_value,
        currency,
        account_time_zone,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(spend_date + 1 as timestamp)) as known_at

    from current_versions

)

select * from renamed
