-- Grain: one event of one e-mail to one recipient; its current version.
-- Those that a later one has made obsolete are left out.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'email_event')) }}

),

obsolete as (

    {{ obsolete_email_events(source('raw', 'email_event')) }}

),

renamed as (

    select
        current_versions.record_key as email_event_id,
        current_versions.email_id,
        current_versions.campaign_ref as campaign_id,
        current_versions.recipient_ref,
        current_versions.event_type,
        current_versions.event_at,
        current_versions.url,
        current_versions.bounce_category,
        coalesce(current_versions.is_filtered, false) as is_filtered,
        current_versions.source,
        current_versions.occurred_at,
        current_versions.recorded_at,
        coalesce(current_versions.recorded_at, current_versions.occurred_at) as known_at

    from current_versions

    left join obsolete
        on current_versions.record_key = obsolete.record_key

    where obsolete.record_key is null

)

select * from renamed
