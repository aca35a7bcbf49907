-- Grain: one opportunity (deal); its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'opportunity')) }}

),

renamed as (

    select
        record_key as opportunity_id,
        account_ref as account_id,
        primary_contact_ref as primary_contact_id,
        campaign_ref as campaign_id,
        product_ref as product_id,
        name,
        type,
        lead_source,
        pipeline,
        stage_name,
        amount,
        currency,
        probability,
        expected_revenue,
        close_date,
        forecast_category,
        is_closed,
        is_won,
        loss_reason,
        next_step,
        owner_ref as owner_id,
        created_at,
        closed_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
