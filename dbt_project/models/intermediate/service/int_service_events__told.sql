-- Grain: one row per event of a ticket or a survey, told as the timeline of its customer tells it.
{{ config(materialized='view') }}

with

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
    -- one without any date has no place in a timeline
    where coalesce(responded_at, sent_at, known_at) is not null

),

unioned as (

    {% set parts = ['ticket_events', 'ticket_creations', 'surveys'] %}
    {% for part in parts -%}
        select * from {{ part }}
        where customer_id is not null
        {% if not loop.last -%}
            union all by name
        {%- endif %}
    {% endfor %}

)

select * from unioned
