-- Grain: one page view, screen view or tracked event; its current version.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'web_event')) }}

),

renamed as (

    select
        record_key as web_event_id,
        event_type,
        event_name,
        anonymous_id,
        user_id,
        email,
        phone,
        event_at,
        url,
        {{ without_query('path') }} as path,
        referrer,
        title,
        search,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        click_id,
        ip,
        user_agent,
        locale,
        time_zone,
        is_bot,
        {{ is_server_side() }} as is_server_side,
        status,
        bytes_sent,
        method,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
