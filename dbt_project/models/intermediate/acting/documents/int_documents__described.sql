-- Grain: one row per opportunity or order that a document may be made of, with all it can say.
with

records as (

    select * from {{ ref('int_documents__records') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

described as (

    select
        records.entity_type,
        records.entity_id,
        records.customer_id,
        records.status_key,
        records.document_at,
        {{ setting('company_name') }} as company_name,
        coalesce(accounts.name, customers.name) as account_name,
        coalesce(
            nullif(trim(concat_ws(' ', contacts.first_name, contacts.last_name)), ''),
            customers.name
        ) as contact_name,
        coalesce(contacts.email, customers.email) as contact_email,
        coalesce(accounts.billing_street, contacts.street) as street,
        coalesce(accounts.billing_postal_code, contacts.postal_code) as postal_code,
        coalesce(accounts.billing_city, contacts.city) as city,
        records.document_name,
        cast(cast(records.document_at as date) as varchar) as document_date,
        cast(records.close_date as varchar) as close_date,
        records.currency,
        cast(records.subtotal as varchar) as subtotal,
        cast(records.tax as varchar) as tax,
        cast(records.total as varchar) as total,
        cast(records.lines as varchar) as lines,
        agents.name as owner_name

    from records

    inner join customers
        on records.customer_id = customers.customer_id

    left join contacts
        on records.contact_id = contacts.contact_id

    left join accounts
        on records.account_id = accounts.account_id

    left join agents
        on records.owner_id = agents.agent_id

    -- an order has its papers for ever; nothing more is proposed to who was deleted
    where not (customers.is_deleted and records.entity_type = 'opportunity')

)

select * from described
