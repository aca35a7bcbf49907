-- Grain: one row per web event, with the session it belongs to, if any.
{{ config(meta={'replaced': {'by': 'visitor_state', 'of': 'int_web_visitors__states'}}) }}

with

visitors as (

    select * from {{ ref('int_web_visitors__states') }}
    {{ only_changed('visitor_state') }}

),

-- read twice: kept in memory, 13 million of these wide rows take 9 GiB
web_events as not materialized (

    select
        *,
        {{ web_visitor_key('web_event_id') }} as visitor_key
    from {{ ref('stg_web_events') }}

),

with_visitor as (

    select
        web_events.web_event_id,
        web_events.visitor_key,
        visitors.visitor_state,
        web_events.is_server_side,
        web_events.event_at
    from web_events
    inner join visitors
        on web_events.visitor_key = visitors.visitor_key

),

-- what a server sends on its own account opens no session and keeps none open; it belongs to the
-- one that its visitor is in
with_gap as (

    select
        web_event_id,
        visitor_key,
        visitor_state,
        is_server_side,
        event_at,
        last_value(case when not is_server_side then event_at end ignore nulls) over (
            partition by visitor_key
            order by event_at, web_event_id
            rows between unbounded preceding and 1 preceding
        ) as previous_event_at,
        row_number() over in_order as event_index
    from with_visitor
    window in_order as (
        partition by visitor_key
        order by event_at, web_event_id
    )

),

with_pause as (

    select
        *,
        previous_event_at is null
        or event_at - previous_event_at > interval '{{ var("session_timeout_minutes") }} minutes'
            as is_after_pause
    from with_gap

),

-- the session is named after the event that opens it, so more data later never renames it
with_session as (

    select
        web_event_id,
        visitor_key,
        visitor_state,
        is_server_side,
        event_index,
        case
            when not (is_server_side and is_after_pause)
                then
                    last_value(
                        case when is_after_pause and not is_server_side then web_event_id end
                        ignore nulls
                    ) over (
                        partition by visitor_key
                        order by event_index
                        rows between unbounded preceding and current row
                    )
        end as first_web_event_id
    from with_pause

),

sessionized as (

    select
        web_events.web_event_id,
        md5(with_session.first_web_event_id) as session_id,
        with_session.visitor_key,
        with_session.visitor_state,
        with_session.event_index,
        web_events.event_type,
        web_events.event_name,
        web_events.anonymous_id,
        web_events.user_id,
        web_events.email,
        web_events.url,
        coalesce(web_events.path, {{ without_query('web_events.url') }}) as path,
        web_events.referrer,
        web_events.title,
        web_events.utm_source,
        web_events.utm_medium,
        web_events.utm_campaign,
        web_events.utm_content,
        web_events.utm_term,
        web_events.click_id,
        web_events.status,
        web_events.source,
        coalesce(web_events.is_bot, false) as is_bot,
        with_session.is_server_side,
        web_events.event_type in ('page', 'screen')
        or (
            web_events.event_type = 'request'
            and web_events.method = 'GET'
            and coalesce(web_events.status, 200) < 400
        ) as is_page_view,
        regexp_matches(lower(web_events.event_name), '{{ var("heartbeat_events") }}')
            as is_heartbeat,
        web_events.event_at,
        web_events.known_at

    from web_events

    inner join with_session
        on web_events.web_event_id = with_session.web_event_id

)

select * from sessionized
