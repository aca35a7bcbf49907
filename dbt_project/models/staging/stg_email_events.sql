-- Grain: one event of one e-mail to one recipient; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'email_event')) }}

),

renamed as (

    select
        record_key as email_event_id,
        email_id,
        campaign_ref as campaign_id,
        recipient_ref,
        event_type,
        event_at,
        url,
        bounce_category,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
