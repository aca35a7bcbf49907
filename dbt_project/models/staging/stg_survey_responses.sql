-- Grain: one survey sent to one person, answered or not; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'survey_response')) }}

),

renamed as (

    select
        record_key as survey_response_id,
        survey_type,
        person_ref,
        scale_min,
        scale_max,
        score,
        comment,
        sent_at,
        responded_at,
        channel,
        ticket_ref as ticket_id,
        order_ref as order_id,
        conversation_ref as conversation_id,
        agent_ref as agent_id,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
