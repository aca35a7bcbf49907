-- Grain: one row per colleague who may be given leads, with the open ones they have.
with

agents as (

    select * from {{ ref('dim_agents') }}

),

open_leads as (

    select *
    from {{ ref('dim_leads') }}
    where not is_converted and not is_closed

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

limits as (

    select * from {{ ref('agent_limits') }}

),

owned as (

    select
        owner_id,
        count(*) as open_lead_count
    from open_leads
    where owner_id is not null
    group by owner_id

),

-- where a source states no roles, whoever owns leads or deals sells
sellers as (

    select owner_id from owned

    union

    select owner_id
    from opportunities
    where owner_id is not null

),

described as (

    select
        agents.agent_id,
        agents.region,
        coalesce(owned.open_lead_count, 0) as open_lead_count,
        limits.max_open_leads
    from agents
    inner join limits
        on
            case
                when agents.role in (select known.role from limits as known) then agents.role
                else 'other'
            end = limits.role
    left join owned
        on agents.agent_id = owned.owner_id
    left join sellers
        on agents.agent_id = sellers.owner_id
    where
        agents.is_active
        and limits.max_open_leads > 0
        and (agents.role = 'sales' or (agents.role is null and sellers.owner_id is not null))

)

select * from described
