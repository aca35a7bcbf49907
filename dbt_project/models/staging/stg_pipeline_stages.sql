-- Grain: one stage of one pipeline; its last version, also of a stage that was archived: what was
-- in it once still has its order and its outcome.
with

last_versions as (

    select *
    from {{ source('raw', 'pipeline_stage') }}
    qualify {{ is_last_version() }}

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
        is_deleted as is_archived,
        valid_from,
        valid_to,
        source,
        occurred_at,
        recorded_at,
        recorded_at as known_at

    from last_versions
    where merged_into_ref is null

)

select * from renamed
