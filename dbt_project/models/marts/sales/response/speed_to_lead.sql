-- Grain: one row per lead.
with

leads as (

    select * from {{ ref('dim_leads') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

-- a call that nobody picked up was an attempt, and an attempt is a touch
human_touches as (

    select
        customer_id,
        interaction_id,
        channel,
        agent_id,
        started_at
    from interactions
    where
        direction = 'outbound'
        and interaction_type in ('message', 'call', 'chat', 'meeting')
        and not is_automated
        and customer_id is not null

),

touches as (

    select
        leads.lead_id,
        min(human_touches.started_at) as touched_at,
        min_by(
            human_touches.channel, (human_touches.started_at, human_touches.interaction_id)
        ) as channel,
        min_by(
            human_touches.agent_id, (human_touches.started_at, human_touches.interaction_id)
        ) as agent_id
    from leads
    inner join human_touches
        on
            leads.customer_id = human_touches.customer_id
            and leads.created_at <= human_touches.started_at
    group by leads.lead_id

),

-- the CRM's own word counts where it is earlier: not every touch leaves a message here
first_touches as (

    select
        leads.*,
        touches.channel as touch_channel,
        touches.agent_id as touched_by_agent_id,
        touches.touched_at as interaction_at,
        case
            when leads.first_responded_at >= leads.created_at then leads.first_responded_at
        end as responded_at
    from leads
    left join touches
        on leads.lead_id = touches.lead_id

),

decided as (

    select
        *,
        least(interaction_at, responded_at) as first_touched_at,
        case
            when interaction_at is null and responded_at is null then null
            when responded_at is null or interaction_at <= responded_at then 'interaction'
            else 'crm'
        end as touch_evidence
    from first_touches

),

described as (

    select
        decided.lead_id,
        decided.customer_id,
        decided.owner_id,
        agents.team,
        decided.lead_source,
        decided.lead_state,
        case when decided.touch_evidence = 'interaction' then decided.touch_channel end
            as touch_channel,
        case when decided.touch_evidence = 'interaction' then decided.touched_by_agent_id end
            as touched_by_agent_id,
        decided.touch_evidence,
        epoch(decided.first_touched_at - decided.created_at) / 60 as calendar_minutes,
        {{ business_minutes('decided.created_at', 'decided.first_touched_at') }}
            as business_minutes,
        decided.first_touched_at is not null as is_touched,
        decided.is_converted,
        decided.created_at,
        decided.first_touched_at

    from decided

    left join agents
        on decided.owner_id = agents.agent_id

    {{ join_business_minutes(
        'decided.created_at', 'decided.first_touched_at', "'default'"
    ) }}

)

select * from described
