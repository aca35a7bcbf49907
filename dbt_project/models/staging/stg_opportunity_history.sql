-- Grain: one change of one field of one opportunity; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'opportunity_history')) }}

),

renamed as (

    select
        record_key as opportunity_history_id,
        opportunity_ref as opportunity_id,
        field,
        old_value,
        new_value,
        changed_at,
        changed_by_ref as changed_by_id,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
