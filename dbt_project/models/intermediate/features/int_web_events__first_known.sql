-- Grain: one row per web event of a person, as it was first known.
-- A page view is hardly ever corrected: features keep what was reported first, so that a later
-- correction cannot change what was known before it.
with

web_events as (

    select
        *,
        {{ web_visitor_key('record_key') }} as visitor_key,
        {{ is_server_side() }} as is_server_side
    from {{ source('raw', 'web_event') }}

),

corrected as (

    select distinct record_key
    from {{ ref('int_versions__superseded') }}
    where entity = 'web_event'

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

first_known as (

    select web_events.*
    from web_events
    left join corrected
        on web_events.record_key = corrected.record_key
    where corrected.record_key is null

    union all

    select web_events.*
    from web_events
    inner join corrected
        on web_events.record_key = corrected.record_key
    qualify row_number() over (
        partition by web_events.record_key
        order by
            web_events.known_at,
            web_events.recorded_at nulls first,
            web_events.file,
            web_events.position,
            web_events.record_hash
    ) = 1

),

of_people as (

    select
        first_known.record_key as web_event_id,
        first_known.visitor_key,
        coalesce(users.customer_id, devices.customer_id, addresses.customer_id) as customer_id,
        first_known.is_server_side,
        first_known.utm_campaign,
        (
            first_known.event_type in ('page', 'screen')
            or (
                first_known.event_type = 'request'
                and first_known.method = 'GET'
                and coalesce(first_known.status, 200) < 400
            )
        )
        and coalesce(
            regexp_matches(
                lower(coalesce(first_known.path, first_known.url)),
                '{{ var("pricing_pages") }}'
            ),
            false
        ) as is_pricing_page_view,
        first_known.event_at,
        first_known.known_at

    from first_known

    left join identifiers as users
        on first_known.user_id = users.identifier

    left join identifiers as devices
        on first_known.anonymous_id = devices.identifier

    left join identifiers as addresses
        on 'email:' || first_known.email = addresses.identifier

    where
        coalesce(first_known.is_bot, false) = false
        and not first_known.is_deleted
        and coalesce(users.customer_id, devices.customer_id, addresses.customer_id) is not null

)

select * from of_people
