-- Grain: one row per stay of one opportunity in one stage.
with

spans as (

    select * from {{ ref('int_opportunity_stages__spans') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

stages as (

    select * from {{ ref('int_stages__defined') }}

),

described as (

    select
        {{ surrogate_key(['spans.opportunity_id', 'spans.stage_index']) }}
            as opportunity_stage_id,
        spans.opportunity_id,
        opportunities.customer_id,
        opportunities.account_id,
        opportunities.owner_id,
        opportunities.product_id,
        opportunities.pipeline,
        spans.stage_index,
        spans.from_stage,
        spans.stage_name,
        spans.to_stage,
        spans.evidence,
        stages.display_order as stage_order,
        opportunities.amount_base,
        case
            when spans.exited_at is not null
                then epoch(spans.exited_at - spans.entered_at) / 86400
            -- one that begins later has not lasted yet
            when not coalesce(stages.is_closed, false) and spans.entered_at <= {{ as_of() }}
                then epoch({{ as_of() }} - spans.entered_at) / 86400
        end as days_in_stage,
        spans.exited_at is null as is_current,
        coalesce(stages.is_closed, false) as is_closed,
        coalesce(stages.is_won, false) as is_won,
        spans.entered_at,
        spans.exited_at,
        spans.known_at

    from spans

    inner join opportunities
        on spans.opportunity_id = opportunities.opportunity_id

    left join stages
        on
            opportunities.pipeline = stages.pipeline
            and spans.stage_name = stages.stage_name

)

select * from described
