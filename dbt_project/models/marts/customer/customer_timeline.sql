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
            when 'chat' then 'Chat'
            when 'meeting' then 'Meeting'
            when 'note' then 'Note'
            when 'task' then 'Task'
            when 'draft' then 'Draft'
            when 'bounce' then 'Bounce'
            when 'auto_reply' then 'Automatic reply'
            when 'opt_out' then 'Opt-out'
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

orders as (

    select
        customer_id,
        'order' as event_type,
        case when is_refund then 'Refund' else 'Order' end as title,
        status as summary,
        revenue_base as amount_base,
        'fct_orders' as source_model,
        order_id as source_id,
        placed_at as occurred_at,
        known_at
    from {{ ref('fct_orders') }}

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

service_events as (

    select * from {{ ref('int_service_events__told') }}

),

marketing_events as (

    select * from {{ ref('int_marketing_events__told') }}

),

unioned as (

    {% set parts = [
        'interactions', 'orders', 'opportunity_stages', 'service_events', 'marketing_events',
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
