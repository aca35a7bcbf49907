-- Grain: one company as one source knows it; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'account')) }}

),

renamed as (

    select
        record_key as account_id,
        name,
        domain,
        website,
        tax_number,
        industry,
        type,
        annual_revenue,
        number_of_employees,
        parent_ref as parent_id,
        owner_ref as owner_id,
        billing_street,
        billing_city,
        billing_state,
        billing_postal_code,
        billing_country,
        shipping_street,
        shipping_city,
        shipping_state,
        shipping_postal_code,
        shipping_country,
        rating,
        credit_score,
        account_source,
        created_at,
        currency,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
