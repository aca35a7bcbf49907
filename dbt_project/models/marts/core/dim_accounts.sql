-- Grain: one row per company as one source knows it.
with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

described as (

    select
        accounts.account_id,
        identifiers.customer_id,
        accounts.parent_id as parent_account_id,
        {{ agent_id('accounts.owner_id') }} as owner_id,
        accounts.name,
        accounts.domain,
        accounts.website,
        accounts.industry,
        accounts.type,
        accounts.rating,
        accounts.account_source,
        accounts.billing_street,
        accounts.billing_city,
        accounts.billing_state,
        accounts.billing_postal_code,
        accounts.billing_country,
        accounts.shipping_city,
        accounts.shipping_country,
        accounts.number_of_employees,
        accounts.annual_revenue,
        accounts.currency,
        {{ to_base('accounts.annual_revenue', 'accounts.currency') }} as annual_revenue_base,
        accounts.credit_score,
        accounts.created_at,
        accounts.source,
        accounts.known_at

    from accounts

    left join identifiers
        on 'account:' || accounts.account_id = identifiers.identifier

    left join rates
        on
            accounts.currency = rates.currency
            and cast(accounts.known_at as date) = rates.day

    {{ join_agent('accounts.owner_id') }}

)

select * from described
