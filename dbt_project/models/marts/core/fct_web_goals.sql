-- Grain: one row per web event and goal that it reaches.
with

goals as (

    select * from {{ ref('int_web_events__goals') }}

),

web_events as (

    select * from {{ ref('int_web_events__sessionized') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

described as (

    select
        goals.web_event_id,
        goals.goal,
        goals.session_id,
        sessions.customer_id,
        sessions.campaign_id,
        sessions.channel_group,
        sessions.is_bot,
        row_number() over (
            partition by goals.session_id, goals.goal
            order by web_events.event_at, goals.web_event_id
        ) = 1 as is_first_in_session,
        web_events.event_at as reached_at

    from goals

    inner join web_events
        on goals.web_event_id = web_events.web_event_id

    inner join sessions
        on goals.session_id = sessions.session_id

)

select * from described
