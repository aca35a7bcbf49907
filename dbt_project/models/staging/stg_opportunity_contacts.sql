-- Grain: one person's part in one opportunity; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'opportunity_contact')) }}

),

last_opportunities as (

    select
        record_key,
        recorded_at
    from {{ source('raw', 'opportunity') }}
    qualify {{ is_last_version() }}

),

-- HubSpot tells of all people of a deal with each version of it, and of nobody who was taken
-- out: whom the last version does not name is none of them any more
still_told as (

    select current_versions.*
    from current_versions
    left join last_opportunities
        on current_versions.opportunity_ref = last_opportunities.record_key
    where
        coalesce(json_extract_string(current_versions.attributes, '$.told_with'), '')
        <> 'opportunity'
        or last_opportunities.recorded_at is null
        or current_versions.recorded_at >= last_opportunities.recorded_at

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

    from still_told

)

select * from renamed
