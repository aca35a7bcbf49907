-- Grain: one row per campaign that e-mails were sent for.
with

emails as (

    select * from {{ ref('int_emails__summed') }}
    where campaign_id is not null

),

counted as (

    select
        campaign_id,
        count(*) filter (where sent_events > 0) as sent_count,
        count(*) filter (where delivered_events > 0) as reported_delivered_count,
        count(*) filter (where sent_events > 0 and bounce_events = 0 and dropped_events = 0)
            as unreturned_count,
        cast(sum(open_events) as bigint) as open_count,
        count(*) filter (where open_events > 0) as unique_open_count,
        cast(sum(click_events) as bigint) as click_count,
        count(*) filter (where click_events > 0) as unique_click_count,
        count(bounce_category) as bounce_count,
        {% for category in ['hard', 'soft', 'block', 'unclassified'] -%}
            count(*) filter (where bounce_category = '{{ category }}')
                as {{ category }}_bounce_count,
        {% endfor -%}
        count(*) filter (where spam_report_events > 0) as spam_report_count,
        count(*) filter (where unsubscribe_events > 0) as unsubscribe_count
    from emails
    group by campaign_id

),

delivered as (

    select
        *,
        reported_delivered_count > 0 as is_delivery_reported,
        case
            when reported_delivered_count > 0 then reported_delivered_count
            when sent_count > 0 then unreturned_count
        end as delivered_count
    from counted

),

rated as (

    select
        delivered.campaign_id,
        campaigns.name as campaign_name,
        delivered.sent_count,
        delivered.delivered_count,
        delivered.is_delivery_reported,
        delivered.open_count,
        delivered.unique_open_count,
        delivered.click_count,
        delivered.unique_click_count,
        delivered.bounce_count,
        delivered.hard_bounce_count,
        delivered.soft_bounce_count,
        delivered.block_bounce_count,
        delivered.unclassified_bounce_count,
        delivered.spam_report_count,
        delivered.unsubscribe_count,
        delivered.delivered_count / nullif(delivered.sent_count, 0) as delivery_rate,
        delivered.bounce_count / nullif(delivered.sent_count, 0) as bounce_rate,
        delivered.unique_open_count / nullif(delivered.delivered_count, 0) as open_rate,
        delivered.unique_click_count / nullif(delivered.delivered_count, 0) as click_rate,
        delivered.unique_click_count / nullif(delivered.unique_open_count, 0)
            as click_to_open_rate,
        delivered.spam_report_count / nullif(delivered.delivered_count, 0) as complaint_rate,
        delivered.unsubscribe_count / nullif(delivered.delivered_count, 0) as unsubscribe_rate

    from delivered

    left join {{ ref('dim_campaigns') }} as campaigns
        on delivered.campaign_id = campaigns.campaign_id

)

select * from rated
