-- Grain: one row per stage of one pipeline, defined by a source or seen on an opportunity; one that
-- was archived only if it was seen.
with

pipeline_stages as (

    select * from {{ ref('stg_pipeline_stages') }}

),

stage_map as (

    select * from {{ ref('stage_map') }}

),

opportunities as (

    select * from {{ ref('stg_opportunities') }}

),

spans as (

    select * from {{ ref('int_opportunity_stages__spans') }}

),

seen as (

    select
        coalesce(opportunities.pipeline, 'default') as pipeline,
        spans.stage_name,
        bool_or(spans.to_stage is null and opportunities.is_closed) as is_closed,
        bool_or(spans.to_stage is null and opportunities.is_won) as is_won
    from spans
    inner join opportunities
        on spans.opportunity_id = opportunities.opportunity_id
    group by coalesce(opportunities.pipeline, 'default'), spans.stage_name

),

newest_definitions as (

    select *
    from pipeline_stages
    qualify row_number() over (
        partition by pipeline, stage_id
        order by is_archived asc, valid_from desc nulls last, pipeline_stage_id asc
    ) = 1

),

named as (

    select
        pipeline,
        stage_id as stage_name
    from newest_definitions
    where not is_archived

    union

    select
        pipeline,
        stage_name
    from seen

),

described as (

    select
        named.pipeline,
        named.stage_name,
        coalesce(newest_definitions.label, named.stage_name) as label,
        coalesce(newest_definitions.display_order, stage_map.display_order) as display_order,
        coalesce(newest_definitions.probability, stage_map.probability) as probability,
        coalesce(
            newest_definitions.is_closed, stage_map.is_closed, seen.is_closed, false
        ) as is_closed,
        coalesce(newest_definitions.is_won, stage_map.is_won, seen.is_won, false) as is_won,
        newest_definitions.forecast_category

    from named

    left join newest_definitions
        on
            named.pipeline = newest_definitions.pipeline
            and named.stage_name = newest_definitions.stage_id

    left join stage_map
        on {{ letters_and_digits('named.stage_name') }} = stage_map.stage_key

    left join seen
        on named.pipeline = seen.pipeline and named.stage_name = seen.stage_name

)

select * from described
