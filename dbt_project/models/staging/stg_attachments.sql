-- Grain: one attachment of one interaction; its current version. Goes when its interaction does.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'attachment')) }}

),

deleted_once as (

    select distinct record_key
    from {{ source('raw', 'interaction') }}
    where is_deleted

),

last_versions as (

    select
        interactions.record_key,
        interactions.is_deleted and interactions.merged_into_ref is null as is_gone
    from {{ source('raw', 'interaction') }} as interactions
    inner join deleted_once
        on interactions.record_key = deleted_once.record_key
    qualify {{ is_last_version('interactions.') }}

),

kept as (

    select current_versions.*
    from current_versions
    left join last_versions
        on current_versions.interaction_ref = last_versions.record_key
    where not coalesce(last_versions.is_gone, false)

),

renamed as (

    select
        record_key as attachment_id,
        interaction_ref as interaction_id,
        file_name,
        mime_type,
        size_bytes,
        sha256,
        source,
        occurred_at,
        recorded_at,
        recorded_at as known_at

    from kept

)

select * from renamed
