-- Grain: one decision of one person about one purpose and channel; its current version.
with

current_versions as (

    {{ current_versions_of_revised_events(source('raw', 'consent')) }}

),

renamed as (

    select
        record_key as consent_id,
        person_ref,
        purpose,
        coalesce(
            json_extract_string(attributes, '$.subscriptionName'),
            json_extract_string(attributes, '$.subscription_name')
        ) as subscription_name,
        channel,
        status,
        lawful_basis,
        captured_at,
        expires_at,
        consent_source,
        evidence_ref,
        source,
        occurred_at,
        recorded_at,
        coalesce(held_since, occurred_at) as known_at

    from current_versions

)

select * from renamed
