-- Grain: one stage of one pipeline; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'pipeline_stage')) }}

),

renamed as (

    select
        record_key as pipeline_stage_id,
        pipeline,
        stage_id,
        label,
        display_order,
        probability,
        is_closed,
        is_won,
        forecast_category,
        valid_from,
        valid_to,
        source,
        occurred_at,
        recorded_at,
        recorded_at as known_at

    from current_versions

)

select * from renamed
