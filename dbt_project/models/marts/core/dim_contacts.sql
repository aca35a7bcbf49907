-- Grain: one row per person as one source knows them.
with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- where the person of the record came from, by any record or visit
origins as (

    select * from {{ ref('int_customer_sources__ordered') }}

),

described as (

    select
        contacts.contact_id,
        identifiers.customer_id,
        {{ account_id('contacts.account_id') }} as account_id,
        {{ agent_id('contacts.owner_id') }} as owner_id,
        contacts.reports_to_id as reports_to_contact_id,
        contacts.first_name,
        contacts.last_name,
        contacts.email,
        contacts.phone,
        contacts.mobile,
        contacts.title,
        {{ title_level('contacts.title') }} as title_level,
        contacts.department,
        contacts.street,
        contacts.city,
        contacts.state,
        contacts.postal_code,
        contacts.country_code,
        contacts.birth_date,
        contacts.gender,
        contacts.income_band,
        contacts.locale,
        contacts.time_zone,
        contacts.lead_source,
        coalesce(origins.original_source, contacts.lead_source) as original_source,
        coalesce(origins.latest_source, contacts.lead_source) as latest_source,
        contacts.lifecycle_stage,
        coalesce(contacts.has_opted_out_of_email, false) as has_opted_out_of_email,
        coalesce(contacts.do_not_call, false) as do_not_call,
        contacts.created_at,
        contacts.last_activity_at,
        contacts.email_bounced_at,
        contacts.source,
        contacts.known_at

    from contacts

    left join identifiers
        on 'contact:' || contacts.contact_id = identifiers.identifier

    left join origins
        on identifiers.customer_id = origins.customer_id

    {{ join_account('contacts.account_id') }}
    {{ join_agent('contacts.owner_id') }}

)

select * from described
