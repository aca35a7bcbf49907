-- Grain: one identifier of one person, stated by a source; its current version.
with

current_versions as (

    {{ current_versions_of_revised_events(source('raw', 'identifier')) }}

),

renamed as (

    select
        record_key as identifier_id,
        person_ref,
        id_type,
        id_value,
        first_seen_at,
        last_seen_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(held_since, occurred_at) as known_at

    from current_versions

)

select * from renamed
