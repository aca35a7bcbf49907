-- Grain: one row per visit or campaign touch, told as the timeline of its customer tells it.
{{ config(materialized='view') }}

with

web_sessions as (

    select
        customer_id,
        'web_session' as event_type,
        'web' as channel,
        'inbound' as direction,
        'Visit' as title,
        channel_group || ', ' || page_views || ' pages from ' || coalesce(landing_page, '?')
            as summary,
        campaign_id,
        'fct_web_sessions' as source_model,
        session_id as source_id,
        started_at as occurred_at,
        known_at
    from {{ ref('fct_web_sessions') }}
    where not is_bot

),

-- a visit by a campaign's link is already there as a web session
campaign_touches as (

    select
        touches.customer_id,
        'campaign_touch' as event_type,
        touches.channel,
        'outbound' as direction,
        'Campaign: ' || touches.touch_type as title,
        campaigns.name as summary,
        touches.campaign_id,
        'fct_campaign_touches' as source_model,
        touches.touch_id as source_id,
        touches.touched_at as occurred_at,
        touches.known_at

    from {{ ref('fct_campaign_touches') }} as touches

    left join {{ ref('dim_campaigns') }} as campaigns
        on touches.campaign_id = campaigns.campaign_id

    left join web_sessions
        on touches.touch_id = web_sessions.source_id

    where web_sessions.source_id is null

),

unioned as (

    {% set parts = ['web_sessions', 'campaign_touches'] %}
    {% for part in parts -%}
        select * from {{ part }}
        where customer_id is not null
        {% if not loop.last -%}
            union all by name
        {%- endif %}
    {% endfor %}

)

select * from unioned
