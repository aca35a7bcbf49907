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

ranked_records as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by updated_at nulls first, record_type, record_id
        ) as recency
    from records

),

-- of several records the newest one that says anything is believed, column by column
golden_records as (

    select
        customer_id,
        max_by(name, recency) filter (where name is not null) as name,
        max_by(first_name, recency) filter (where first_name is not null) as first_name,
        max_by(last_name, recency) filter (where last_name is not null) as last_name,
        max_by(email, recency) filter (where email is not null) as email,
        max_by(phone, recency) filter (where phone is not null) as phone,
        max_by(title, recency) filter (where title is not null) as title,
        max_by(account_id, recency) filter (where account_id is not null) as account_id,
        max_by(owner_id, recency) filter (where owner_id is not null) as owner_id,
        max_by(city, recency) filter (where city is not null) as city,
        max_by(country_code, recency) filter (where country_code is not null) as country_code,
        max_by(locale, recency) filter (where locale is not null) as locale,
        max_by(time_zone, recency) filter (where time_zone is not null) as time_zone,
        -- one record that says no is enough
        bool_or(coalesce(has_opted_out_of_email, false)) as has_opted_out_of_email,
        bool_or(coalesce(do_not_call, false)) as do_not_call,
        count(*) filter (where record_type = 'contact') as contact_count,
        count(*) filter (where record_type = 'lead') as lead_count,
        count(*) filter (where record_type = 'account') as account_count
    from ranked_records
    group by customer_id

),

described as (

    select
        customers.customer_id,
        customers.customer_type,
        golden_records.account_id,
        accounts.customer_id as organization_customer_id,
        golden_records.owner_id,
        golden_records.name,
        golden_records.first_name,
        golden_records.last_name,
        coalesce(
            golden_records.email, substr(identifiers.newest_email, length('email:') + 1)
        ) as email,
        coalesce(
            golden_records.phone, substr(identifiers.newest_phone, length('phone:') + 1)
        ) as phone,
        golden_records.title,
        golden_records.city,
        coalesce(golden_records.country_code, stages.order_country_code) as country_code,
        golden_records.locale,
        golden_records.time_zone,
        stages.lifecycle_stage,
        sources.original_source,
        sources.latest_source,
        coalesce(identifiers.identifier_count, 0) as identifier_count,
        coalesce(identifiers.email_count, 0) as email_count,
        coalesce(identifiers.phone_count, 0) as phone_count,
        coalesce(identifiers.device_count, 0) as device_count,
        coalesce(golden_records.contact_count, 0) as contact_count,
        coalesce(golden_records.lead_count, 0) as lead_count,
        coalesce(golden_records.account_count, 0) as account_count,
        coalesce(golden_records.has_opted_out_of_email, false) as has_opted_out_of_email,
        coalesce(golden_records.do_not_call, false) as do_not_call,
        customers.first_seen_at,
        customers.last_seen_at

    from customers

    left join golden_records
        on customers.customer_id = golden_records.customer_id

    left join identifiers
        on customers.customer_id = identifiers.customer_id

    left join stages
        on customers.customer_id = stages.customer_id

    left join sources
        on customers.customer_id = sources.customer_id

    left join accounts
        on golden_records.account_id = accounts.account_id

    where customers.status = 'active'

)

select * from described
