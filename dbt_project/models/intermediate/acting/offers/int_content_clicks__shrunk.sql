-- Grain: one row per content and seniority: how often a mail of its campaigns is clicked.
-- mails that the average of the content weighs as much as
{% set prior_emails = 50 %}

with

content as (

    select *
    from {{ ref('content_catalog') }}
    where campaign_pattern is not null

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

contacts as (

    select
        customer_id,
        min(title_level) as title_level
    from {{ ref('dim_contacts') }}
    where customer_id is not null
    group by customer_id

),

emails as (

    select
        identifiers.customer_id,
        email_events.campaign_id,
        coalesce(email_events.email_id, email_events.email_event_id) as email_id,
        bool_or(email_events.event_type in ('sent', 'delivered')) as is_sent,
        bool_or(email_events.event_type = 'click' and not email_events.is_filtered)
            as is_clicked
    from {{ ref('stg_email_events') }} as email_events
    inner join {{ ref('int_identifiers__current') }} as identifiers
        on email_events.recipient_ref = identifiers.identifier
    where email_events.event_at <= {{ as_of() }}
    group by
        identifiers.customer_id,
        email_events.campaign_id,
        coalesce(email_events.email_id, email_events.email_event_id)

),

counted as (

    select
        content.content_id,
        contacts.title_level,
        count(*) as sent_count,
        count(*) filter (where emails.is_clicked) as clicked_count
    from emails
    inner join contacts
        on emails.customer_id = contacts.customer_id
    inner join campaigns
        on emails.campaign_id = campaigns.campaign_id
    inner join content
        on regexp_matches(lower(campaigns.name), content.campaign_pattern)
    where emails.is_sent
    group by
        content.content_id,
        contacts.title_level

),

with_average as (

    select
        *,
        sum(clicked_count) over (partition by content_id)
        / sum(sent_count) over (partition by content_id) as content_click_share
    from counted

),

described as (

    select
        content_id,
        title_level,
        sent_count,
        (clicked_count + {{ prior_emails }} * content_click_share)
        / (sent_count + {{ prior_emails }}) as expected_ctr
    from with_average

)

select * from described
