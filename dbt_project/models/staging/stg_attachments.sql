-- Grain: one attachment of one interaction; its current version.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'attachment')) }}

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

    from current_versions

)

select * from renamed
