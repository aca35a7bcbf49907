-- Grain: one row per CRM record (contact, lead or account), its columns named alike.
{{ config(materialized='view') }}

with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

leads as (

    select * from {{ ref('stg_leads') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

unioned as (

    select
        'contact:' || contact_id as identifier,
        'contact' as record_type,
        contact_id as record_id,
        nullif(trim(concat_ws(' ', first_name, last_name)), '') as name,
        first_name,
        last_name,
        email,
        coalesce(phone, mobile) as phone,
        title,
        account_id,
        owner_id,
        city,
        country_code,
        locale,
        time_zone,
        lead_source as source_label,
        lifecycle_stage,
        has_opted_out_of_email,
        do_not_call,
        source,
        created_at,
        coalesce(recorded_at, created_at) as updated_at,
        known_at
    from contacts

    union all by name

    select
        'lead:' || lead_id as identifier,
        'lead' as record_type,
        lead_id as record_id,
        nullif(trim(concat_ws(' ', first_name, last_name)), '') as name,
        first_name,
        last_name,
        email,
        phone,
        title,
        converted_account_id as account_id,
        owner_id,
        country_code,
        lead_source as source_label,
        case when qualified_at is null then 'lead' else 'mql' end as lifecycle_stage,
        source,
        created_at,
        coalesce(recorded_at, created_at) as updated_at,
        known_at
    from leads

    union all by name

    select
        'account:' || account_id as identifier,
        'account' as record_type,
        account_id as record_id,
        name,
        owner_id,
        account_id,
        billing_city as city,
        billing_country as country_code,
        domain,
        website,
        industry,
        type,
        rating,
        account_source,
        nullif(
            concat_ws(
                ', ',
                billing_street,
                billing_postal_code,
                billing_city,
                billing_state,
                billing_country
            ),
            ''
        ) as billing_address,
        nullif(
            concat_ws(
                ', ',
                shipping_street,
                shipping_postal_code,
                shipping_city,
                shipping_state,
                shipping_country
            ),
            ''
        ) as shipping_address,
        cast(number_of_employees as varchar) as number_of_employees,
        cast(annual_revenue as varchar) as annual_revenue,
        cast(credit_score as varchar) as credit_score,
        parent_id as parent_account_id,
        account_source as source_label,
        source,
        created_at,
        coalesce(recorded_at, created_at) as updated_at,
        known_at
    from accounts

)

select * from unioned
