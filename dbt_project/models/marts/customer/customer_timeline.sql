-- Grain: one row per event of a customer, whatever the channel.
with

interactions as (

    select
        customer_id,
        'interaction' as event_type,
        channel,
        direction,
        case interaction_type
            when 'call' then 'Call'
            when 'meeting' then 'Meeting'
            when 'note' then 'Note'
            when 'task' then 'Task'
            when 'bounce' then 'Bounce'
            when 'auto_reply' then 'Automatic reply'
            else 'Message'
        end as title,
        coalesce(subject, outcome) as summary,
        agent_id,
        campaign_id,
        cast(null as decimal(18, 4)) as amount_base,
        'fct_interactions' as source_model,
        interaction_id as source_id,
        started_at as occurred_at,
        known_at
    from {{ ref('fct_interactions') }}
    where interaction_type <> 'web_session'

),

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

orders as (

    select
        customer_id,
        'order' as event_type,
        'Order' as title,
        status as summary,
        revenue_base as amount_base,
        'fct_orders' as source_model,
        order_id as source_id,
        placed_at as occurred_at,
        known_at
    from {{ ref('fct_orders') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

ticket_events as (

    select
        ticket_events.customer_id,
        'ticket_event' as event_type,
        tickets.via_channel as channel,
        case ticket_events.actor_type
            when 'requester' then 'inbound'
            when 'agent' then case when ticket_events.is_public then 'outbound' else 'internal' end
        end as direction,
        'Ticket: ' || replace(ticket_events.event_type, '_', ' ') as title,
        ticket_events.value as summary,
        'fct_ticket_events' as source_model,
        ticket_events.ticket_event_id as source_id,
        ticket_events.event_at as occurred_at,
        ticket_events.known_at

    from {{ ref('fct_ticket_events') }} as ticket_events

    left join tickets
        on ticket_events.ticket_id = tickets.ticket_id

),

-- a ticket whose source sends no event of its creation still has one
ticket_creations as (

    select
        customer_id,
        'ticket' as event_type,
        via_channel as channel,
        'inbound' as direction,
        'Ticket: created' as title,
        priority as summary,
        agent_id,
        'fct_tickets' as source_model,
        ticket_id as source_id,
        created_at as occurred_at,
        known_at
    from tickets
    where
        ticket_id not in (
            select created.ticket_id
            from {{ ref('fct_ticket_events') }} as created
            where created.event_type = 'created'
        )

),

opportunity_stages as (

    select
        customer_id,
        'opportunity_stage' as event_type,
        'Opportunity: ' || stage_name as title,
        case when from_stage is not null then 'from ' || from_stage end as summary,
        owner_id as agent_id,
        amount_base,
        'fct_opportunity_stage_history' as source_model,
        opportunity_stage_id as source_id,
        entered_at as occurred_at,
        known_at
    from {{ ref('fct_opportunity_stage_history') }}

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

surveys as (

    select
        customer_id,
        'survey' as event_type,
        channel,
        'inbound' as direction,
        survey_type || case when is_answered then ' answered' else ' sent' end as title,
        score || ' of ' || scale_max as summary,
        agent_id,
        'fct_survey_responses' as source_model,
        survey_response_id as source_id,
        coalesce(responded_at, sent_at, known_at) as occurred_at,
        known_at
    from {{ ref('fct_survey_responses') }}

),

unioned as (

    {% set parts = [
        'interactions', 'web_sessions', 'orders', 'ticket_events', 'ticket_creations',
        'opportunity_stages', 'campaign_touches', 'surveys',
    ] %}
    {% for part in parts -%}
        select * from {{ part }}
        where customer_id is not null
        {% if not loop.last -%}
            union all by name
        {%- endif %}
    {% endfor %}

),

timeline as (

    select
        source_model || ':' || source_id as timeline_event_id,
        customer_id,
        event_type,
        channel,
        direction,
        title,
        summary,
        agent_id,
        campaign_id,
        source_model,
        source_id,
        amount_base,
        occurred_at,
        known_at

    from unioned

)

select * from timeline
order by customer_id, occurred_at, timeline_event_id
