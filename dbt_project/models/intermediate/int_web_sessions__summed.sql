-- Grain: one row per web session; who and where from, before channels are named.
{{ config(meta={'replaced': {'by': 'visitor_state', 'of': 'int_web_visitors__states'}}) }}

with

visitors as (

    select visitor_state from {{ ref('int_web_visitors__states') }}
    {{ only_changed('visitor_state') }}

),

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}
    where
        session_id is not null
        and visitor_state in (select visitors.visitor_state from visitors)

),

goals as (

    select
        session_id,
        count(*) as goal_count,
        count(distinct goal) as distinct_goal_count
    from {{ ref('int_web_events__goals') }}
    group by session_id

),

with_traces as (

    select
        *,
        coalesce(utm_source, utm_medium, utm_campaign, click_id) is not null as is_tagged,
        {{ host_of('referrer') }} as referrer_host,
        {{ host_of('url') }} as own_host
    from web_events

),

-- the tags of a session come from one event, the first that has any; likewise the referrer
summed as (

    select
        session_id,
        min(visitor_key) as visitor_key,
        min(visitor_state) as visitor_state,
        min_by(user_id, event_index) filter (where user_id is not null) as user_ref,
        min_by(anonymous_id, event_index) filter (where anonymous_id is not null)
            as anonymous_ref,
        min_by(email, event_index) filter (where email is not null) as email,
        min_by(source, event_index) as source,
        min_by(path, event_index) filter (where is_page_view) as landing_page,
        max_by(path, event_index) filter (where is_page_view) as exit_page,
        min_by(
            {
                'address': referrer,
                'host': referrer_host,
                'is_foreign': referrer_host is distinct from own_host
            },
            event_index
        ) as referrer,
        min_by(
            {
                'utm_source': utm_source,
                'utm_medium': utm_medium,
                'utm_campaign': utm_campaign,
                'utm_content': utm_content,
                'utm_term': utm_term,
                'click_id': click_id
            },
            event_index
        ) filter (where is_tagged) as tags,
        count(*) as event_count,
        count(*) filter (where is_page_view) as page_views,
        count(*) filter (
            where is_page_view
            and regexp_matches(lower(path), '{{ var("pricing_pages") }}')
        ) as pricing_page_views,
        count(distinct floor(epoch(event_at) / {{ var("heartbeat_seconds") }})) filter (
            where is_heartbeat
        ) as heartbeat_count,
        count(*) filter (where known_at > event_at + interval '1' day) as late_event_count,
        bool_or(is_bot) as is_bot,
        min(event_at) filter (where not is_server_side) as started_at,
        max(event_at) filter (where not is_server_side) as ended_at,
        max(known_at) as known_at
    from with_traces
    group by session_id

),

unpacked as (

    select
        summed.session_id,
        summed.visitor_key,
        summed.visitor_state,
        summed.user_ref,
        summed.anonymous_ref,
        summed.email,
        summed.source,
        summed.landing_page,
        summed.exit_page,
        case
            when summed.referrer.is_foreign
                then {{ without_query('summed.referrer.address') }}
        end as referrer,
        case when summed.referrer.is_foreign then summed.referrer.host end as referrer_host,
        summed.tags.utm_source,
        summed.tags.utm_medium,
        summed.tags.utm_campaign,
        summed.tags.utm_content,
        summed.tags.utm_term,
        summed.tags.click_id,
        summed.event_count,
        summed.page_views,
        summed.pricing_page_views,
        summed.heartbeat_count,
        summed.late_event_count,
        coalesce(goals.goal_count, 0) as goal_count,
        coalesce(goals.distinct_goal_count, 0) as distinct_goal_count,
        summed.is_bot,
        summed.started_at,
        summed.ended_at,
        summed.known_at
    from summed
    left join goals
        on summed.session_id = goals.session_id

),

keyed as (

    select
        *,
        {{ surrogate_key([
            'lower(utm_source)', 'lower(utm_medium)', 'lower(utm_campaign)',
            "split_part(lower(click_id), ':', 1)", 'referrer_host',
        ]) }} as channel_traces_id
    from unpacked

)

select * from keyed
