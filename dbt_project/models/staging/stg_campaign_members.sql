-- Grain: one person in one campaign; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'campaign_member')) }}

),

renamed as (

    select
        record_key as campaign_member_id,
        campaign_ref as campaign_id,
        contact_ref as contact_id,
        lead_ref as lead_id,
        account_ref as account_id,
        status,
        has_responded,
        first_responded_at,
        added_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
