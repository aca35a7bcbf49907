-- Grain: one ad, ad group or campaign on one day of the account's calendar; its current version.
-- Where several levels of a campaign are reported for a day, the finest: the others are its sums.
with

current_versions as (

    {{ current_versions(source('raw', 'ad_spend')) }}

),

with_finer_levels as (

    select
        *,
        bool_or(ad_group_id is not null or ad_id is not null) over (
            partition by platform, ad_account_id, ad_campaign_id, spend_date
        ) as has_parts_of_campaign,
        bool_or(ad_id is not null) over (
            partition by platform, ad_account_id, ad_campaign_id, spend_date, ad_group_id
        ) as has_ads_of_group,
        bool_or(ad_group_id is not null) over (
            partition by platform, ad_account_id, ad_campaign_id, spend_date, ad_id
        ) as has_group_of_ad

    from current_versions

),

-- exports of two levels in one folder would have every day's cost twice
finest as (

    select * from with_finer_levels
    where
        not case
            when ad_id is not null then ad_group_id is null and has_group_of_ad
            when ad_group_id is not null then has_ads_of_group
            else has_parts_of_campaign
        end

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

    from finest

)

select * from renamed
