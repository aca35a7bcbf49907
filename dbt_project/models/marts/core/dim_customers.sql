-- Grain: one row per customer: a resolved person or an organization.
with

customers as (

    select * from {{ source('identity', 'customers') }}

),

records as (

    select * from {{ ref('int_customer_records__unioned') }}

),

identifiers as (

    select * from {{ ref('int_customer_identifiers__counted') }}

),

stages as (

    select * from {{ ref('int_customer_lifecycle__staged') }}

),

sources as (

    select * from {{ ref('int_customer_sources__ordered') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

survivors as (

    select * from {{ ref('int_customers__survivors') }}

),

deleted as (

    select * from {{ ref('int_customers__deleted') }}

),

-- one record that says no is enough, also if it was deleted or merged away since
refusals as (

    select
        customer_id,
        bool_or(channel = 'email') as has_opted_out_of_email,
        bool_or(channel = 'phone') as do_not_call
    from {{ ref('int_opt_outs__spans') }}
    where valid_to is null
    group by customer_id

),

summed_records as (

    select
        customer_id,
        count(*) filter (where record_type = 'contact') as contact_count,
        count(*) filter (where record_type = 'lead') as lead_count,
        count(*) filter (where record_type = 'account') as account_count
    from records
    group by customer_id

),

described as (

    select
        customers.customer_id,
        customers.customer_type,
        survivors.account_id,
        accounts.customer_id as organization_customer_id,
        survivors.owner_id,
        survivors.name,
        survivors.first_name,
        survivors.last_name,
        survivors.email,
        survivors.phone,
        survivors.title,
        survivors.city,
        survivors.country_code,
        survivors.locale,
        survivors.time_zone,
        stages.lifecycle_stage,
        sources.original_source,
        sources.latest_source,
        coalesce(identifiers.identifier_count, 0) as identifier_count,
        coalesce(identifiers.email_count, 0) as email_count,
        coalesce(identifiers.phone_count, 0) as phone_count,
        coalesce(identifiers.device_count, 0) as device_count,
        coalesce(summed_records.contact_count, 0) as contact_count,
        coalesce(summed_records.lead_count, 0) as lead_count,
        coalesce(summed_records.account_count, 0) as account_count,
        -- of whom no record is left, nobody knows that they may be turned to
        case
            when refusals.has_opted_out_of_email then true
            when deleted.customer_id is null then false
        end as has_opted_out_of_email,
        case
            when refusals.do_not_call then true
            when deleted.customer_id is null then false
        end as do_not_call,
        deleted.customer_id is not null as is_deleted,
        deleted.deleted_at,
        customers.first_seen_at,
        customers.last_seen_at

    from customers

    left join survivors
        on customers.customer_id = survivors.customer_id

    left join summed_records
        on customers.customer_id = summed_records.customer_id

    left join deleted
        on customers.customer_id = deleted.customer_id

    left join refusals
        on customers.customer_id = refusals.customer_id

    left join identifiers
        on customers.customer_id = identifiers.customer_id

    left join stages
        on customers.customer_id = stages.customer_id

    left join sources
        on customers.customer_id = sources.customer_id

    left join accounts
        on survivors.account_id = accounts.account_id

    where customers.status = 'active'

)

select * from described
