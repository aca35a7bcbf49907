-- Grain: one row per month in which e-mails began and domain of their recipients.
with

emails as (

    select
        *,
        cast(date_trunc('month', first_event_at) as date) as period_start,
        coalesce(recipient_domain, 'unknown') as known_recipient_domain
    from {{ ref('int_emails__summed') }}

),

free_mail as (

    select * from {{ ref('free_mail_domains') }}

),

-- whether a provider reports deliveries is told by its campaign, not by one domain
reporting as (

    select
        campaign_id,
        bool_or(delivered_events > 0) as is_delivery_reported
    from emails
    group by campaign_id

),

judged as (

    select
        emails.*,
        case
            when reporting.is_delivery_reported then emails.delivered_events > 0
            else
                emails.sent_events > 0
                and emails.bounce_events = 0
                and emails.dropped_events = 0
        end as is_delivered
    from emails
    inner join reporting
        on emails.campaign_id is not distinct from reporting.campaign_id

),

counted as (

    select
        period_start,
        known_recipient_domain as recipient_domain,
        count(distinct recipient_ref) as recipient_count,
        count(*) as email_count,
        count(*) filter (where sent_events > 0) as sent_count,
        count(*) filter (where is_delivered) as delivered_count,
        count(*) filter (where deferred_events > 0) as deferred_count,
        count(*) filter (where dropped_events > 0) as dropped_count,
        count(bounce_category) as bounce_count,
        {% for category in ['hard', 'soft', 'block', 'unclassified'] -%}
            count(*) filter (where bounce_category = '{{ category }}')
                as {{ category }}_bounce_count,
        {% endfor -%}
        count(*) filter (where open_events > 0) as unique_open_count,
        count(*) filter (where click_events > 0) as unique_click_count,
        count(*) filter (where spam_report_events > 0) as spam_report_count,
        count(*) filter (where unsubscribe_events > 0) as unsubscribe_count
    from judged
    group by
        period_start,
        known_recipient_domain

),

rated as (

    select
        counted.recipient_domain,
        free_mail.domain is not null as is_free_mail,
        counted.recipient_count,
        counted.email_count,
        counted.sent_count,
        counted.delivered_count,
        counted.deferred_count,
        counted.dropped_count,
        counted.bounce_count,
        counted.hard_bounce_count,
        counted.soft_bounce_count,
        counted.block_bounce_count,
        counted.unclassified_bounce_count,
        counted.unique_open_count,
        counted.unique_click_count,
        counted.spam_report_count,
        counted.unsubscribe_count,
        counted.delivered_count / nullif(counted.sent_count, 0) as delivery_rate,
        counted.bounce_count / nullif(counted.sent_count, 0) as bounce_rate,
        counted.spam_report_count / nullif(counted.delivered_count, 0) as complaint_rate,
        counted.unique_open_count / nullif(counted.delivered_count, 0) as open_rate,
        counted.period_start

    from counted

    left join free_mail
        on counted.recipient_domain = free_mail.domain

)

select * from rated
