-- Grain: one row per version of one opportunity, oldest first by version_index.
with

versions as (

    select * from {{ source('raw', 'opportunity') }}

),

numbered as (

    select
        record_key as opportunity_id,
        record_hash,
        stage_name,
        amount,
        currency,
        close_date,
        owner_ref as owner_id,
        forecast_category,
        probability,
        recorded_at,
        known_at,

        row_number() over (
            partition by record_key
            order by recorded_at nulls first, file, position, record_hash
        ) as version_index,
        count(*) over (partition by record_key) as version_count

    from versions
    where not is_deleted and merged_into_ref is null

)

select * from numbered
