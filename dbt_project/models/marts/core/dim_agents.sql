-- Grain: one row per colleague, present or past.
with

agents as (

    select * from {{ ref('stg_agents') }}

),

described as (

    select
        agents.agent_id,
        agents.name,
        agents.email,
        agents.phone,
        agents.team,
        agents.region,
        agents.role,
        agents.manager_id,
        coalesce(managers.name, agents.manager_name) as manager_name,
        agents.skills,
        coalesce(agents.active_to >= cast({{ as_of() }} as date), true) as is_active,
        agents.active_from,
        agents.active_to,
        agents.source,
        agents.known_at

    from agents

    left join agents as managers
        on agents.manager_id = managers.agent_id

)

select * from described
