-- Grain: one row per web session: events of one visitor without a pause of 30 minutes.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

recognised as (

    select * from {{ ref('int_web_sessions__recognised') }}

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
        -- the key holds addresses
        md5(sessions.visitor_key) as visitor_id,
        recognised.customer_id,
        recognised.recognised_by,
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
        -- a page that reports that it is looked at tells more than the pause before the next one
        case
            when sessions.heartbeat_count > 0
                then
                    {{ var("heartbeat_seconds") }} * (sessions.heartbeat_count - 1)
                    + {{ var("shortest_visit_seconds") }}
            else epoch(sessions.ended_at - sessions.started_at)
        end as engaged_s,
        sessions.heartbeat_count,
        sessions.goal_count,
        sessions.distinct_goal_count,
        sessions.late_event_count,
        sessions.is_bot,
        sessions.started_at,
        sessions.ended_at,
        sessions.source,
        sessions.known_at

    from sessions

    inner join channels
        on sessions.channel_traces_id = channels.channel_traces_id

    left join recognised
        on sessions.session_id = recognised.session_id

    left join utm_campaigns
        on
            sessions.utm_campaign = utm_campaigns.utm_campaign
            and coalesce(sessions.utm_source, '') = utm_campaigns.utm_source
            and coalesce(sessions.utm_medium, '') = utm_campaigns.utm_medium

    left join click_ids
        on sessions.click_id = click_ids.click_id

),

-- numbered over all sessions on every build: a late one moves those after it, none starts anew
numbered as (

    select
        session_id,
        visitor_id,
        customer_id,
        recognised_by,
        campaign_id,
        channel_group,
        row_number() over (
            partition by coalesce(customer_id, visitor_id)
            order by started_at, session_id
        ) as session_number,
        landing_page,
        exit_page,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        click_id,
        event_count,
        page_views,
        pricing_page_views,
        goal_count,
        distinct_goal_count,
        heartbeat_count,
        late_event_count,
        cast(engaged_s as double) as engaged_s,
        engaged_s >= {{ var("engaged_seconds") }} or page_views >= 2 or goal_count > 0
            as is_engaged,
        is_bot,
        started_at,
        ended_at,
        source,
        known_at
    from described

)

select * from numbered
