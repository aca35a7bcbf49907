-- Grain: one row per colleague and ISO week in which they did something that a system recorded.
with

done as (

    select
        agent_id as agent_ref,
        'activity' as kind,
        started_at as done_at
    from {{ ref('fct_interactions') }}
    where
        agent_id is not null
        and direction <> 'inbound'
        and not is_automated
        and not is_bot

    union all

    select
        changed_by_id as agent_ref,
        'opportunity_update' as kind,
        changed_at as done_at
    from {{ ref('stg_opportunity_history') }}
    where changed_by_id is not null

    union all

    select
        actor_ref as agent_ref,
        'ticket_update' as kind,
        event_at as done_at
    from {{ ref('stg_ticket_events') }}
    where actor_ref is not null and actor_type = 'agent'

),

agents as (

    select agent_id from {{ ref('dim_agents') }}

),

counted as (

    select
        agents.agent_id,
        cast(date_trunc('week', done.done_at) as date) as week_start_date,
        count(*) filter (where done.kind = 'activity') as activity_count,
        count(*) filter (where done.kind = 'opportunity_update') as opportunity_update_count,
        count(*) filter (where done.kind = 'ticket_update') as ticket_update_count,
        count(distinct cast(done.done_at as date)) as active_day_count

    from done

    {{ join_agent('done.agent_ref') }}

    -- what nobody's account did was done by a machine or by a customer
    inner join agents
        on {{ agent_id('done.agent_ref') }} = agents.agent_id

    where done.done_at < {{ as_of() }}

    group by
        agents.agent_id,
        date_trunc('week', done.done_at)

)

select * from counted
