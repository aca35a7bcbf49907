-- Grain: one row per web event.
{{ config(materialized='view') }}

with

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

)

select
    web_events.web_event_id,
    web_events.session_id,
    sessions.customer_id,
    web_events.event_type,
    web_events.event_name,
    web_events.path,
    web_events.title,
    web_events.status,
    web_events.is_page_view,
    web_events.is_bot,
    web_events.event_at,
    web_events.source,
    web_events.known_at
from web_events
inner join sessions
    on web_events.session_id = sessions.session_id
