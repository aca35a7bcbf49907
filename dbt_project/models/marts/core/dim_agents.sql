-- Grain: one row per colleague, present or past.
with

agents as (

    select * from {{ ref('stg_agents') }}

),

aliases as (

    select * from {{ ref('int_agents__aliased') }}

),

merged as (

    select
        aliases.agent_id,
        count(*) as account_count,
        min_by(agents.name, agents.agent_id) filter (where agents.agent_id = aliases.agent_id)
            as own_name,
        min_by(agents.name, agents.agent_id) filter (where agents.name is not null) as name,
        min_by(agents.email, agents.agent_id) filter (where agents.email is not null) as email,
        min_by(agents.phone, agents.agent_id) filter (where agents.phone is not null) as phone,
        min_by(agents.team, agents.agent_id) filter (where agents.team is not null) as team,
        min_by(agents.region, agents.agent_id) filter (where agents.region is not null)
            as region,
        min_by(agents.role, agents.agent_id) filter (where agents.role is not null) as role,
        min_by(agents.manager_id, agents.agent_id) filter (where agents.manager_id is not null)
            as manager_id,
        min_by(agents.manager_name, agents.agent_id) filter (
            where agents.manager_name is not null
        ) as manager_name,
        min_by(agents.skills, agents.agent_id) filter (where agents.skills is not null)
            as skills,
        min(agents.active_from) as active_from,
        -- gone only when every account that has a last day is past it
        max(agents.active_to) as active_to,
        min_by(agents.source, agents.agent_id) filter (where agents.agent_id = aliases.agent_id)
            as source
    from agents
    inner join aliases
        on agents.agent_id = aliases.alias
    group by aliases.agent_id

),

described as (

    select
        merged.agent_id,
        coalesce(merged.own_name, merged.name) as name,
        merged.email,
        merged.phone,
        merged.team,
        merged.region,
        merged.role,
        {{ agent_id('merged.manager_id') }} as manager_id,
        coalesce(managers.own_name, managers.name, merged.manager_name) as manager_name,
        merged.skills,
        merged.account_count,
        coalesce(merged.active_to >= cast({{ as_of() }} as date), true) as is_active,
        merged.active_from,
        merged.active_to,
        merged.source

    from merged

    {{ join_agent('merged.manager_id') }}

    left join merged as managers
        on {{ agent_id('merged.manager_id') }} = managers.agent_id

)

select * from described
