-- Grain: one row per opportunity and stretch of time in which none of its fields changed.
with

changes as (

    select * from {{ ref('int_opportunity_changes') }}

),

versions as (

    select * from {{ ref('int_opportunity_versions__stated') }}

),

-- an unknown value is an empty text here, so that it is not filled with the one before
moments as (

    {% set fields = [
        'stage', 'amount_base', 'close_date', 'owner', 'forecast_category', 'is_deleted',
    ] %}
    select
        opportunity_id,
        {% for field in fields -%}
            max(case when field = '{{ field }}' then coalesce(new_value, '') end) as {{ field }},
        {% endfor -%}
        valid_from
    from changes
    group by opportunity_id, valid_from

),

filled as (

    select
        opportunity_id,
        {% for field in fields -%}
            nullif(last_value({{ field }} ignore nulls) over in_order, '') as {{ field }},
        {% endfor -%}
        row_number() over in_order as state_index,
        valid_from,
        lead(valid_from) over in_order as valid_to
    from moments
    window in_order as (
        partition by opportunity_id
        order by valid_from
    )

),

pipelines as (

    select
        opportunity_id,
        pipeline
    from versions
    where is_newest

),

-- a stage that no definition knows is closed if an opportunity in it says so of itself
closed_by_flag as (

    select
        pipeline,
        stage_name,
        bool_or(is_closed) as is_closed
    from versions
    where not is_deleted
    group by pipeline, stage_name

),

with_stage as (

    select
        filled.*,
        pipelines.pipeline,
        coalesce(
            stages.is_closed, stage_map.is_closed, closed_by_flag.is_closed, false
        ) as is_closed,
        coalesce(stages.is_won, stage_map.is_won, false) as is_won,
        coalesce(stages.probability, stage_map.probability) as probability,
        stages.forecast_category as category_of_stage

    from filled

    inner join pipelines
        on filled.opportunity_id = pipelines.opportunity_id

    left join {{ ref('int_stages__defined') }} as stages
        on pipelines.pipeline = stages.pipeline and filled.stage = stages.stage_name

    left join {{ ref('stage_map') }} as stage_map
        on {{ letters_and_digits('filled.stage') }} = stage_map.stage_key

    left join closed_by_flag
        on
            pipelines.pipeline = closed_by_flag.pipeline
            and filled.stage = closed_by_flag.stage_name

),

spans as (

    select
        opportunity_id,
        state_index,
        pipeline,
        case
            when cast(is_deleted as boolean) then 'deleted'
            when is_won then 'won'
            when is_closed then 'lost'
            else 'open'
        end as status,
        stage as stage_name,
        owner as owner_id,
        coalesce(forecast_category, category_of_stage) as forecast_category,
        cast(close_date as date) as close_date,
        try_cast(amount_base as decimal(18, 4)) as amount_base,
        probability,
        try_cast(
            try_cast(amount_base as decimal(18, 4)) * cast(probability as decimal(9, 6))
            as decimal(18, 4)
        ) as weighted_amount_base,
        valid_from,
        valid_to

    from with_stage

)

select * from spans
