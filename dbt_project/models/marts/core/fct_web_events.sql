-- Grain: one row per web event.
{{ config(materialized='view') }}

with

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

)

select
    web_events.web_event_id,
    web_events.session_id,
    coalesce(sessions.customer_id, by_user.customer_id, by_email.customer_id) as customer_id,
    web_events.event_type,
    web_events.event_name,
    web_events.path,
    web_events.title,
    web_events.status,
    web_events.is_page_view,
    web_events.is_bot,
    web_events.is_server_side,
    web_events.event_at,
    web_events.source,
    web_events.known_at
from web_events
left join sessions
    on web_events.session_id = sessions.session_id
left join identifiers as by_user
    on case when web_events.session_id is null then web_events.user_id end = by_user.identifier
left join identifiers as by_email
    on
        case when web_events.session_id is null then 'email:' || web_events.email end
        = by_email.identifier
