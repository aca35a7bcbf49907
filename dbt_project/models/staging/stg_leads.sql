-- Grain: one lead as one source knows it; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'lead')) }}

),

renamed as (

    select
        record_key as lead_id,
        first_name,
        last_name,
        email,
        phone,
        company,
        title,
        industry,
        number_of_employees,
        annual_revenue,
        country_code,
        status,
        rating,
        lead_source,
        campaign_ref as campaign_id,
        owner_ref as owner_id,
        created_at,
        first_responded_at,
        qualified_at,
        converted_at,
        converted_contact_ref as converted_contact_id,
        converted_account_ref as converted_account_id,
        converted_opportunity_ref as converted_opportunity_id,
        is_unread_by_owner,
        has_opted_out_of_email,
        do_not_call,
        currency,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
