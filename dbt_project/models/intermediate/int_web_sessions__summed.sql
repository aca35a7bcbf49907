-- Grain: one row per web session; who and where from, before channels are named.
with

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by session_id
            order by event_at, web_event_id
        ) as event_index,
        coalesce(utm_source, utm_medium, utm_campaign, click_id) is not null as is_tagged,
        {{ host_of('referrer') }} as referrer_host,
        {{ host_of('url') }} as own_host
    from web_events

),

summed as (

    select
        session_id,
        min_by(user_id, event_index) filter (where user_id is not null) as user_ref,
        min_by(anonymous_id, event_index) filter (where anonymous_id is not null)
            as anonymous_ref,
        min_by(email, event_index) filter (where email is not null) as email,
        min_by(source, event_index) as source,
        min_by(path, event_index) filter (where is_page_view) as landing_page,
        max_by(path, event_index) filter (where is_page_view) as exit_page,
        min_by(referrer, event_index) filter (
            where event_index = 1 and referrer_host is distinct from own_host
        ) as referrer,
        min_by(referrer_host, event_index) filter (
            where event_index = 1 and referrer_host is distinct from own_host
        ) as referrer_host,
        -- all tags of a session come from one event: the first that has any
        min_by(utm_source, event_index) filter (where is_first_tagged) as utm_source,
        min_by(utm_medium, event_index) filter (where is_first_tagged) as utm_medium,
        min_by(utm_campaign, event_index) filter (where is_first_tagged) as utm_campaign,
        min_by(utm_content, event_index) filter (where is_first_tagged) as utm_content,
        min_by(utm_term, event_index) filter (where is_first_tagged) as utm_term,
        min_by(click_id, event_index) filter (where is_first_tagged) as click_id,
        count(*) as event_count,
        count(*) filter (where is_page_view) as page_views,
        count(*) filter (
            where is_page_view
            and regexp_matches(lower(path), '{{ var("pricing_pages") }}')
        ) as pricing_page_views,
        bool_or(is_bot) as is_bot,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        max(known_at) as known_at
    from (
        select
            *,
            is_tagged and event_index = min(event_index) filter (where is_tagged) over (
                partition by session_id
            ) as is_first_tagged
        from numbered
    ) as with_first_tag
    group by session_id

)

select * from summed
