-- Grain: one row per pipeline, stage, reason and owner with an opportunity lost from the stage.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

stays as (

    select * from {{ ref('fct_opportunity_stage_history') }}
    where not is_closed

),

agents as (

    select * from {{ ref('dim_agents') }}

),

entered_by_owner as (

    select
        pipeline,
        stage_name,
        owner_id,
        count(distinct opportunity_id) as entered_count
    from stays
    group by pipeline, stage_name, owner_id

),

entered as (

    select
        pipeline,
        stage_name,
        sum(entered_count) as entered_count
    from entered_by_owner
    group by pipeline, stage_name

),

last_stays as (

    select
        opportunity_id,
        stage_name,
        stage_order
    from stays
    qualify row_number() over (
        partition by opportunity_id
        order by stage_index desc
    ) = 1

),

lost as (

    select
        opportunities.pipeline,
        last_stays.stage_name,
        opportunities.loss_reason,
        opportunities.owner_id,
        min(last_stays.stage_order) as stage_order,
        count(*) as lost_count,
        sum(opportunities.amount_base) as lost_value_base

    from opportunities

    left join last_stays
        on opportunities.opportunity_id = last_stays.opportunity_id

    where opportunities.is_closed and not opportunities.is_won

    group by
        opportunities.pipeline,
        last_stays.stage_name,
        opportunities.loss_reason,
        opportunities.owner_id

),

with_company as (

    select
        *,
        sum(lost_count) over (partition by pipeline, stage_name, loss_reason)
            as company_lost_count
    from lost

),

rated as (

    select
        with_company.pipeline,
        with_company.stage_name,
        with_company.loss_reason,
        with_company.owner_id,
        agents.name as owner_name,
        agents.team,
        cast(with_company.stage_order as integer) as stage_order,
        entered_by_owner.entered_count,
        with_company.lost_count,
        try_cast(coalesce(with_company.lost_value_base, 0) as decimal(18, 4)) as lost_value_base,
        with_company.lost_count / entered_by_owner.entered_count as rejection_rate,
        cast(with_company.company_lost_count as double) / entered.entered_count
            as company_rejection_rate,
        (with_company.lost_count / entered_by_owner.entered_count)
        / (cast(with_company.company_lost_count as double) / entered.entered_count)
            as lift

    from with_company

    left join entered_by_owner
        on
            with_company.pipeline = entered_by_owner.pipeline
            and with_company.stage_name = entered_by_owner.stage_name
            and with_company.owner_id is not distinct from entered_by_owner.owner_id

    left join entered
        on
            with_company.pipeline = entered.pipeline
            and with_company.stage_name = entered.stage_name

    left join agents
        on with_company.owner_id = agents.agent_id

)

select * from rated
