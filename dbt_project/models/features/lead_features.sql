-- Grain: one row per lead and as_of at which it was known, at most 90 days old, and open.
with

leads as (

    select * from {{ ref('int_leads__open') }}

),

engagement as (

    select * from {{ ref('int_lead_engagement__summed') }}

),

responses as (

    select * from {{ ref('int_lead_responses__first') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

joined as (

    select
        leads.*,
        engagement.web_sessions_total,
        engagement.web_sessions_30d,
        engagement.pricing_page_views_total,
        engagement.emails_inbound_total,
        engagement.emails_outbound_total,
        engagement.email_opens_total,
        engagement.email_clicks_total,
        engagement.calls_answered_total,
        engagement.campaign_touches_total,
        engagement.last_activity_at,
        leads.email is not null and free_mail_domains.domain is null as has_business_email,
        -- the source may state a response that lies after the as_of, or before there was a lead
        least(
            case
                when leads.first_responded_at between leads.created_at and leads.as_of
                    then leads.first_responded_at
            end,
            responses.first_responded_at
        ) as responded_at

    from leads

    left join engagement
        on
            leads.lead_id = engagement.lead_id
            and leads.as_of = engagement.as_of

    left join responses
        on
            leads.lead_id = responses.lead_id
            and leads.as_of = responses.as_of

    left join free_mail_domains
        on lower(split_part(leads.email, '@', 2)) = free_mail_domains.domain

),

features as (

    select
        lead_id,
        as_of,
        (epoch_us(as_of) - epoch_us(created_at)) / 86400000000.0 as age_days,
        cast(number_of_employees as bigint) as number_of_employees,
        phone is not null as has_phone,
        has_business_email,
        lead_source,
        industry,
        country_code,
        {{ title_level('title') }} as title_level,
        cast(coalesce(web_sessions_total, 0) as bigint) as web_sessions_total,
        cast(coalesce(web_sessions_30d, 0) as bigint) as web_sessions_30d,
        cast(coalesce(pricing_page_views_total, 0) as bigint) as pricing_page_views_total,
        cast(coalesce(emails_inbound_total, 0) as bigint) as emails_inbound_total,
        cast(coalesce(emails_outbound_total, 0) as bigint) as emails_outbound_total,
        cast(coalesce(email_opens_total, 0) as bigint) as email_opens_total,
        cast(coalesce(email_clicks_total, 0) as bigint) as email_clicks_total,
        cast(coalesce(calls_answered_total, 0) as bigint) as calls_answered_total,
        cast(coalesce(campaign_touches_total, 0) as bigint) as campaign_touches_total,
        (epoch_us(responded_at) - epoch_us(created_at)) / 86400000000.0 as days_to_first_response,
        (epoch_us(as_of) - epoch_us(last_activity_at)) / 86400000000.0
            as days_since_last_activity

    from joined

)

select * from features
