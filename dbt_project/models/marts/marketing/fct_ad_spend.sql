-- Grain: one row per ad, ad group or campaign on one day of the account's calendar.
with

ad_spend as (

    select * from {{ ref('stg_ad_spend') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

described as (

    select
        ad_spend.ad_spend_id,
        ad_spend.campaign_id,
        ad_spend.platform,
        ad_spend.ad_account_id,
        ad_spend.ad_campaign_id,
        ad_spend.ad_group_id,
        ad_spend.ad_id,
        ad_spend.keyword,
        ad_spend.country_code,
        ad_spend.currency,
        coalesce(ad_spend.impressions, 0) as impressions,
        coalesce(ad_spend.clicks, 0) as clicks,
        ad_spend.conversions,
        ad_spend.spend,
        ad_spend.conversions_value,
        {{ to_base('ad_spend.spend', 'ad_spend.currency') }} as spend_base,
        {{ to_base('ad_spend.conversions_value', 'ad_spend.currency') }}
            as conversions_value_base,
        ad_spend.spend_date,
        ad_spend.source,
        ad_spend.known_at

    from ad_spend

    left join rates
        on
            ad_spend.currency = rates.currency
            and ad_spend.spend_date = rates.day

)

select * from described
