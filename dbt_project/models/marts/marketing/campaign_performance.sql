-- Grain: one row per campaign and day on which anything happened.
with

email_events as (

    -- an e-mail that one person opens five times is opened once, on the day of the first time
    select
        *,
        row_number() over (
            partition by campaign_id, email_id, recipient_ref, event_type
            order by event_at, email_event_id
        ) as repetition
    from {{ ref('stg_email_events') }}
    where campaign_id is not null and not is_filtered

),

email_days as (

    select
        campaign_id,
        cast(event_at as date) as performance_date,

        count(*) filter (where event_type = 'sent') as sent_count,
        count(*) filter (where event_type = 'delivered') as delivered_count,
        count(*) filter (where event_type = 'bounce') as bounced_count,
        count(*) filter (where event_type = 'open') as open_count,
        count(*) filter (where event_type = 'open' and repetition = 1) as unique_open_count,
        count(*) filter (where event_type = 'click') as click_count,
        count(*) filter (where event_type = 'click' and repetition = 1) as unique_click_count,
        count(*) filter (where event_type = 'reply') as reply_count,
        count(*) filter (where event_type = 'unsubscribe') as unsubscribe_count

    from email_events

    group by
        campaign_id,
        cast(event_at as date)

),

ad_days as (

    select
        campaign_id,
        spend_date as performance_date,

        sum(impressions) as impression_count,
        sum(clicks) as ad_click_count,
        sum(spend_base) as spend_base

    from {{ ref('fct_ad_spend') }}

    where campaign_id is not null

    group by
        campaign_id,
        spend_date

),

lead_days as (

    select
        campaign_id,
        cast(coalesce(created_at, known_at) as date) as performance_date,

        count(*) as lead_count

    from {{ ref('dim_leads') }}

    -- one without any date is of no day
    where campaign_id is not null and coalesce(created_at, known_at) is not null

    group by
        campaign_id,
        cast(coalesce(created_at, known_at) as date)

),

unioned as (

    select * from email_days

    union all by name

    select * from ad_days

    union all by name

    select * from lead_days

),

summed as (

    {% set counts = [
        'sent_count', 'delivered_count', 'bounced_count', 'open_count', 'unique_open_count',
        'click_count', 'unique_click_count', 'reply_count', 'unsubscribe_count',
        'impression_count', 'ad_click_count', 'lead_count',
    ] %}
    select
        campaign_id,
        performance_date,

        {% for count in counts -%}
            cast(coalesce(sum({{ count }}), 0) as bigint) as {{ count }},
        {% endfor -%}
        try_cast(coalesce(sum(spend_base), 0) as decimal(18, 4)) as spend_base

    from unioned

    group by
        campaign_id,
        performance_date

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

performance as (

    select
        summed.campaign_id,
        campaigns.name as campaign_name,
        campaigns.channel,
        {% for count in counts -%}
            summed.{{ count }},
        {% endfor -%}
        summed.spend_base,
        try_cast(summed.spend_base / nullif(summed.ad_click_count, 0) as decimal(18, 4))
            as cpc_base,
        try_cast(summed.spend_base / nullif(summed.lead_count, 0) as decimal(18, 4)) as cpl_base,
        summed.performance_date

    from summed

    left join campaigns
        on summed.campaign_id = campaigns.campaign_id

)

select * from performance
