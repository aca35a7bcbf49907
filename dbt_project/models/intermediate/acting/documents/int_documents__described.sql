-- Grain: one row per opportunity or order that a document may be made of, with all it can say.
with

templates as (

    select
        max(max_age_days) filter (where entity_type = 'opportunity') as opportunity_days,
        max(max_age_days) filter (where entity_type = 'order') as order_days
    from {{ ref('document_templates') }}

),

opportunities as (

    select opportunities.*
    from {{ ref('fct_opportunities') }} as opportunities
    cross join templates
    where
        coalesce(opportunities.closed_at, opportunities.created_at)
        > {{ as_of() }} - to_days(templates.opportunity_days)

),

-- nobody writes documents about what is long over, and it is most of what there is
orders as (

    select orders.*
    from {{ ref('fct_orders') }} as orders
    cross join templates
    where
        not orders.is_cancelled
        and not orders.is_returned
        and orders.placed_at > {{ as_of() }} - to_days(templates.order_days)

),

order_lines as (

    select
        order_id,
        to_json(
            list(
                struct_pack(
                    sku := sku,
                    product := product_name,
                    quantity := quantity,
                    unit_price := unit_price,
                    revenue := revenue
                )
                order by order_line_id
            )
        ) as lines
    from {{ ref('fct_order_lines') }}
    where order_id in (select orders.order_id from orders)
    group by order_id

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

unioned as (

    select
        'opportunity' as entity_type,
        opportunity_id as entity_id,
        coalesce(contact_customer_id, customer_id) as customer_id,
        account_id,
        primary_contact_id as contact_id,
        owner_id,
        {{ letters_and_digits('stage_name') }} as status_key,
        name as document_name,
        close_date,
        currency,
        amount as total,
        coalesce(closed_at, created_at) as document_at
    from opportunities

    union all by name

    select
        'order' as entity_type,
        orders.order_id as entity_id,
        orders.customer_id,
        orders.account_id,
        orders.status as status_key,
        orders.order_id as document_name,
        orders.currency,
        orders.subtotal,
        orders.tax,
        orders.total,
        order_lines.lines,
        orders.placed_at as document_at
    from orders
    left join order_lines
        on orders.order_id = order_lines.order_id

),

described as (

    select
        unioned.entity_type,
        unioned.entity_id,
        unioned.customer_id,
        unioned.status_key,
        unioned.document_at,
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
        unioned.document_name,
        cast(cast(unioned.document_at as date) as varchar) as document_date,
        cast(unioned.close_date as varchar) as close_date,
        unioned.currency,
        cast(unioned.subtotal as varchar) as subtotal,
        cast(unioned.tax as varchar) as tax,
        cast(unioned.total as varchar) as total,
        cast(unioned.lines as varchar) as lines,
        agents.name as owner_name

    from unioned

    inner join customers
        on unioned.customer_id = customers.customer_id

    left join contacts
        on unioned.contact_id = contacts.contact_id

    left join accounts
        on unioned.account_id = accounts.account_id

    left join agents
        on unioned.owner_id = agents.agent_id

)

select * from described
