-- Grain: one person's part in one opportunity; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'opportunity_contact')) }}

),

renamed as (

    select
        record_key as opportunity_contact_id,
        opportunity_ref as opportunity_id,
        contact_ref as contact_id,
        role,
        is_primary,
        created_at,
        source,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
