-- Grain: one row per company, resolved over all sources.
{% set survivors = [
    'name', 'domain', 'website', 'industry', 'type', 'rating', 'account_source', 'owner_id',
    'number_of_employees', 'credit_score', 'parent_account_id',
] %}

with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

aliases as (

    select * from {{ ref('int_accounts__aliased') }}

),

origins as (

    select * from {{ ref('customer_attribute_origins') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

survivors as (

    select
        customer_id,
        {% for attribute in survivors -%}
            max(surviving_value) filter (where attribute = '{{ attribute }}') as {{ attribute }},
        {% endfor -%}
        max(record_id) filter (where attribute = 'billing_address') as billing_account_id,
        max(record_id) filter (where attribute = 'shipping_address') as shipping_account_id,
        max(record_id) filter (where attribute = 'annual_revenue') as revenue_account_id
    from origins
    group by customer_id

),

record_counts as (

    select
        aliases.account_id,
        count(*) as record_count
    from aliases
    inner join accounts
        on aliases.alias = accounts.account_id
    group by aliases.account_id

),

-- an account that identity resolution has not seen yet speaks for itself
described as (

    select
        accounts.account_id,
        aliases.customer_id,
        nullif(
            {{ account_id('coalesce(survivors.parent_account_id, accounts.parent_id)') }},
            accounts.account_id
        ) as parent_account_id,
        coalesce(survivors.owner_id, {{ agent_id('accounts.owner_id') }}) as owner_id,
        coalesce(survivors.name, accounts.name) as name,
        coalesce(survivors.domain, accounts.domain) as domain,
        coalesce(survivors.website, accounts.website) as website,
        coalesce(survivors.industry, accounts.industry) as industry,
        coalesce(survivors.type, accounts.type) as type,
        coalesce(survivors.rating, accounts.rating) as rating,
        coalesce(survivors.account_source, accounts.account_source) as account_source,
        by_billing.billing_street,
        by_billing.billing_city,
        by_billing.billing_state,
        by_billing.billing_postal_code,
        by_billing.billing_country,
        by_shipping.shipping_city,
        by_shipping.shipping_country,
        coalesce(
            cast(survivors.number_of_employees as bigint), accounts.number_of_employees
        ) as number_of_employees,
        by_revenue.annual_revenue,
        by_revenue.currency,
        {{ to_base('by_revenue.annual_revenue', 'by_revenue.currency') }} as annual_revenue_base,
        coalesce(cast(survivors.credit_score as double), accounts.credit_score) as credit_score,
        record_counts.record_count,
        accounts.created_at,
        accounts.source,
        accounts.known_at

    from accounts

    inner join aliases
        on
            accounts.account_id = aliases.alias
            and aliases.alias = aliases.account_id

    inner join record_counts
        on accounts.account_id = record_counts.account_id

    left join survivors
        on aliases.customer_id = survivors.customer_id

    left join accounts as by_billing
        on coalesce(survivors.billing_account_id, accounts.account_id) = by_billing.account_id

    left join accounts as by_shipping
        on coalesce(survivors.shipping_account_id, accounts.account_id) = by_shipping.account_id

    left join accounts as by_revenue
        on coalesce(survivors.revenue_account_id, accounts.account_id) = by_revenue.account_id

    left join rates
        on
            by_revenue.currency = rates.currency
            and cast(by_revenue.known_at as date) = rates.day

    {{ join_account('coalesce(survivors.parent_account_id, accounts.parent_id)') }}
    {{ join_agent('accounts.owner_id') }}

)

select * from described
