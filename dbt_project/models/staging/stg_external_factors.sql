-- Grain: one outside figure on one day in one region; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'external_factor')) }}

),

renamed as (

    select
        record_key as external_factor_id,
        factor_date,
        region,
        factor_name,
        factor_value,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(factor_date as timestamp)) as known_at

    from current_versions

)

select * from renamed
