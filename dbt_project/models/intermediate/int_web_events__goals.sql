-- Grain: one row per web event of a session and goal that it reaches.
with

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}
    where session_id is not null

),

goals as (

    select * from {{ ref('web_goals') }}

),

-- the patterns look at the distinct names and paths instead of at every event
names as (

    select distinct event_name from web_events

),

paths as (

    select distinct path
    from web_events
    where is_page_view

),

event_names as (

    select distinct
        names.event_name,
        goals.goal
    from names
    inner join goals
        on regexp_matches(lower(names.event_name), goals.event_pattern)

),

page_paths as (

    select distinct
        paths.path,
        goals.goal
    from paths
    inner join goals
        on regexp_matches(lower(paths.path), goals.path_pattern)

),

reached as (

    select
        web_events.web_event_id,
        web_events.session_id,
        event_names.goal
    from web_events
    inner join event_names
        on web_events.event_name = event_names.event_name

    union

    select
        web_events.web_event_id,
        web_events.session_id,
        page_paths.goal
    from web_events
    inner join page_paths
        on web_events.path = page_paths.path
    where web_events.is_page_view

)

select * from reached
