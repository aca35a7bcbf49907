-- Grain: one row per CRM record (contact, lead or account) of a customer.
{% set attributes = [
    'name', 'email', 'phone', 'title', 'account_id', 'owner_id', 'city', 'country_code', 'locale',
    'time_zone', 'domain', 'website', 'industry', 'type', 'rating', 'account_source',
    'billing_address', 'shipping_address', 'number_of_employees', 'annual_revenue', 'credit_score',
    'parent_account_id',
] %}

with

unioned as (

    select * from {{ ref('int_crm_records__unioned') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

of_customers as (

    select
        identifiers.customer_id,
        unioned.identifier,
        unioned.record_type,
        unioned.record_id,
        unioned.name,
        unioned.first_name,
        unioned.last_name,
        unioned.email,
        unioned.phone,
        unioned.title,
        {{ account_id('unioned.account_id') }} as account_id,
        {{ agent_id('unioned.owner_id') }} as owner_id,
        unioned.city,
        unioned.country_code,
        unioned.locale,
        unioned.time_zone,
        unioned.domain,
        unioned.website,
        unioned.industry,
        unioned.type,
        unioned.rating,
        unioned.account_source,
        unioned.billing_address,
        unioned.shipping_address,
        unioned.number_of_employees,
        unioned.annual_revenue,
        unioned.credit_score,
        -- two records of one company may be each other's parent
        case
            when of_parent.customer_id is null or of_parent.customer_id <> identifiers.customer_id
                then unioned.parent_account_id
        end as parent_account_id,
        {{ filled_count('unioned', attributes) }} as filled_count,
        unioned.source_label,
        unioned.lifecycle_stage,
        unioned.has_opted_out_of_email,
        unioned.do_not_call,
        unioned.source,
        unioned.created_at,
        unioned.updated_at,
        unioned.known_at
    from unioned
    inner join identifiers
        on unioned.identifier = identifiers.identifier
    left join identifiers as of_parent
        on 'account:' || unioned.parent_account_id = of_parent.identifier
    {{ join_account('unioned.account_id') }}
    {{ join_agent('unioned.owner_id') }}

)

select * from of_customers
