-- Grain: one row per session, pricing page view or campaign visit, with the time in which it
-- was the known one.
{{ config(materialized='view') }}

{% set timeout %}interval '{{ var("session_timeout_minutes") }}' minute{% endset %}

with

web_events as (

    select
        *,
        lag(event_at) over in_order as previous_event_at,
        lag(known_at) over in_order as previous_known_at
    from {{ ref('int_web_events__first_known') }}
    where not is_server_side
    window in_order as (
        partition by visitor_key
        order by event_at, web_event_id
    )

),

campaigns as (

    select * from {{ source('raw', 'campaign') }}

),

campaign_tags as (

    select
        tag,
        min(known_at) as known_at
    from (
        select
            lower(utm_campaign) as tag,
            known_at
        from campaigns
        union all
        select
            lower(source_record_id) as tag,
            known_at
        from campaigns
        union all
        select
            lower(name) as tag,
            known_at
        from campaigns
    ) as every_tag
    where tag is not null
    group by tag

),

-- An event opens a session until an earlier event of the same visit becomes known. Events nearly
-- always arrive in order, then the event before has been known first and there is no session.
openings as (

    select *
    from web_events
    where
        previous_event_at is null
        or event_at - previous_event_at > {{ timeout }}
        or known_at < previous_known_at

),

late_arrivals as (

    select
        openings.web_event_id,
        min(web_events.known_at) as known_to

    from openings

    inner join web_events
        on
            openings.visitor_key = web_events.visitor_key
            and openings.event_at - {{ timeout }} <= web_events.event_at
            and (
                openings.event_at > web_events.event_at
                or (
                    openings.event_at = web_events.event_at
                    and openings.web_event_id > web_events.web_event_id
                )
            )

    where openings.event_at - openings.previous_event_at <= {{ timeout }}

    group by openings.web_event_id

),

sessions as (

    select
        openings.customer_id,
        openings.utm_campaign,
        openings.event_at as occurred_at,
        openings.known_at as known_from,
        late_arrivals.known_to

    from openings

    left join late_arrivals
        on openings.web_event_id = late_arrivals.web_event_id

),

known as (

    select
        customer_id,
        'web_session' as activity,
        cast(null as decimal(18, 4)) as amount,
        occurred_at,
        known_from,
        known_to
    from sessions

    union all

    select
        sessions.customer_id,
        'campaign_touch' as activity,
        cast(null as decimal(18, 4)) as amount,
        sessions.occurred_at,
        greatest(sessions.known_from, campaign_tags.known_at) as known_from,
        sessions.known_to
    from sessions
    inner join campaign_tags
        on lower(sessions.utm_campaign) = campaign_tags.tag

    union all

    select
        customer_id,
        'pricing_page_view' as activity,
        cast(null as decimal(18, 4)) as amount,
        event_at as occurred_at,
        known_at as known_from,
        cast(null as timestamp) as known_to
    from web_events
    where is_pricing_page_view

)

select * from known
