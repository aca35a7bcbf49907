-- Grain: one message, call or note; its current version.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'interaction')) }}

),

renamed as (

    select
        record_key as interaction_id,
        conversation_ref as conversation_id,
        turn_index,
        channel,
        sub_channel,
        direction,
        interaction_type,
        subject,
        body_text,
        is_redacted,
        body_hash,
        language,
        from_ref,
        json_extract_string(attributes, '$.from_name') as from_name,
        to_refs,
        customer_ref,
        agent_ref as agent_id,
        queue,
        started_at,
        answered_at,
        ended_at,
        duration_s,
        talk_s,
        wait_s,
        outcome,
        disposition,
        sentiment,
        is_automated,
        is_bot,
        recording_url,
        attachment_count,
        campaign_ref as campaign_id,
        ticket_ref as ticket_id,
        opportunity_ref as opportunity_id,
        order_ref as order_id,
        cost,
        currency,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
