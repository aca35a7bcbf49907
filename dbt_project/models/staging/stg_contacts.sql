-- Grain: one person as one source knows them; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'contact')) }}

),

renamed as (

    select
        record_key as contact_id,
        first_name,
        last_name,
        email,
        phone,
        mobile,
        user_id,
        title,
        department,
        account_ref as account_id,
        owner_ref as owner_id,
        reports_to_ref as reports_to_id,
        street,
        city,
        state,
        postal_code,
        country_code,
        birth_date,
        gender,
        income_band,
        locale,
        time_zone,
        lead_source,
        lifecycle_stage,
        created_at,
        last_activity_at,
        has_opted_out_of_email,
        do_not_call,
        email_bounced_at,
        is_person_account,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
