-- Grain: one event of one ticket; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'ticket_event')) }}

),

renamed as (

    select
        record_key as ticket_event_id,
        ticket_ref as ticket_id,
        event_type,
        value,
        previous_value,
        is_public,
        actor_type,
        actor_ref,
        event_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
