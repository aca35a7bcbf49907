-- Grain: one row per web session: events of one visitor without a pause of 30 minutes.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

channels as (

    select * from {{ ref('int_channels__grouped') }}

),

utm_campaigns as (

    select * from {{ ref('int_utm_campaigns__matched') }}

),

click_ids as (

    select * from {{ ref('int_click_ids__campaigns') }}

),

described as (

    select
        sessions.session_id,
        -- who logs in is known better than the device they use
        coalesce(
            by_user.customer_id, by_email.customer_id, by_device.customer_id
        ) as customer_id,
        coalesce(click_ids.campaign_id, utm_campaigns.campaign_id) as campaign_id,
        channels.channel_group,
        sessions.landing_page,
        sessions.exit_page,
        sessions.referrer,
        sessions.utm_source,
        sessions.utm_medium,
        sessions.utm_campaign,
        sessions.utm_content,
        sessions.utm_term,
        sessions.click_id,
        sessions.event_count,
        sessions.page_views,
        sessions.pricing_page_views,
        epoch(sessions.ended_at - sessions.started_at) as engaged_s,
        sessions.is_bot,
        sessions.started_at,
        sessions.ended_at,
        sessions.source,
        sessions.known_at

    from sessions

    inner join channels
        on
            coalesce(lower(sessions.utm_source), '') = channels.utm_source
            and coalesce(lower(sessions.utm_medium), '') = channels.utm_medium
            and coalesce(split_part(lower(sessions.click_id), ':', 1), '')
            = channels.click_id_kind
            and coalesce(sessions.referrer_host, '') = channels.referrer_host

    left join identifiers as by_user
        on sessions.user_ref = by_user.identifier

    left join identifiers as by_email
        on 'email:' || sessions.email = by_email.identifier

    left join identifiers as by_device
        on sessions.anonymous_ref = by_device.identifier

    left join utm_campaigns
        on
            sessions.utm_campaign = utm_campaigns.utm_campaign
            and coalesce(sessions.utm_source, '') = utm_campaigns.utm_source
            and coalesce(sessions.utm_medium, '') = utm_campaigns.utm_medium

    left join click_ids
        on sessions.click_id = click_ids.click_id

)

select * from described
