-- Grain: one contact of one person with one campaign; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'campaign_touch')) }}

),

renamed as (

    select
        record_key as campaign_touch_id,
        person_ref,
        campaign_ref as campaign_id,
        channel,
        touch_type,
        touched_at,
        click_id,
        cost,
        currency,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
