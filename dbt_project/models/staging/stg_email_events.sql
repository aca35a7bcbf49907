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

standing as (

    select current_versions.*

    from current_versions

    left join obsolete
        on current_versions.record_key = obsolete.record_key

    where obsolete.record_key is null

),

renamed as (

    select
        record_key as email_event_id,
        {{ in_namespace('email_id') }} as email_id,
        campaign_ref as campaign_id,
        recipient_ref,
        event_type,
        event_at,
        url,
        bounce_category,
        coalesce(is_filtered, false) as is_filtered,
        obsoleted_by_ref as obsoleted_by_id,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from standing

)

select * from renamed
