-- Grain: one row per open lead, with the colleague that it has or that the customer knows.
with

leads as (

    select *
    from {{ ref('dim_leads') }}
    where not is_converted and not is_closed

),

customers as (

    select * from {{ ref('dim_customers') }}

),

reps as (

    select * from {{ ref('int_reps__loaded') }}

),

rules as (

    select
        bool_or(is_active) filter (where rule_id = 'keeps_owner') as may_keep_owner,
        bool_or(is_active) filter (where rule_id = 'customer_owner') as may_follow_customer
    from {{ ref('assignment_rules') }}

),

territories as (

    select * from {{ ref('territories') }}

),

described as (

    select
        leads.lead_id,
        leads.customer_id,
        leads.owner_id as current_owner_id,
        territories.region,
        leads.first_responded_at,
        leads.created_at,
        case when rules.may_keep_owner then owners.agent_id end as kept_owner_id,
        case
            when rules.may_follow_customer
                then coalesce(customer_owners.agent_id, company_owners.agent_id)
        end as customer_owner_id

    from leads

    cross join rules

    left join customers
        on leads.customer_id = customers.customer_id

    left join customers as companies
        on customers.organization_customer_id = companies.customer_id

    left join reps as owners
        on leads.owner_id = owners.agent_id

    left join reps as customer_owners
        on customers.owner_id = customer_owners.agent_id

    left join reps as company_owners
        on companies.owner_id = company_owners.agent_id

    left join territories
        on coalesce(leads.country_code, customers.country_code) = territories.country_code

)

select * from described
