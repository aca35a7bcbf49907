-- Grain: one row per colleague and ISO week in which they did something or owned an open deal.
with

work as (

    select * from {{ ref('int_agent_work__weekly') }}

),

open_deals as (

    select * from {{ ref('int_open_deals__weekly') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

joined as (

    select
        coalesce(work.agent_id, open_deals.agent_id) as agent_id,
        coalesce(work.week_start_date, open_deals.week_start_date) as week_start_date,
        coalesce(work.activity_count, 0) as activity_count,
        coalesce(work.opportunity_update_count, 0) as opportunity_update_count,
        coalesce(work.ticket_update_count, 0) as ticket_update_count,
        coalesce(work.active_day_count, 0) as active_day_count,
        coalesce(open_deals.open_count, 0) as open_count,
        coalesce(open_deals.stale_count, 0) as stale_count,
        coalesce(open_deals.filled_count, 0) as filled_count

    from work

    full outer join open_deals
        on
            work.agent_id = open_deals.agent_id
            and work.week_start_date = open_deals.week_start_date

),

rated as (

    select
        joined.agent_id,
        agents.name as agent_name,
        agents.team,
        joined.activity_count,
        joined.opportunity_update_count,
        joined.ticket_update_count,
        joined.active_day_count,
        joined.open_count,
        joined.stale_count,
        joined.stale_count / nullif(joined.open_count, 0) as stale_share,
        joined.filled_count / nullif(3 * joined.open_count, 0) as field_fill_rate,
        joined.active_day_count > 0 as is_active,
        joined.week_start_date + interval 7 day <= {{ as_of() }} as is_complete,
        joined.week_start_date

    from joined

    left join agents
        on joined.agent_id = agents.agent_id

)

select * from rated
