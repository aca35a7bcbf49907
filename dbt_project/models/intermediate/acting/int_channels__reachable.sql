-- Grain: one row per customer and channel that they can be reached on, and what they allow there.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

-- an address, or any conversation on the channel
reachable as (

    select
        customer_id,
        channel
    from {{ ref('int_replies__paired') }}

    union

    select
        customer_id,
        channel
    from {{ ref('int_contact_hours__counted') }}

    union

    select
        customer_id,
        'email' as channel
    from customers
    where email is not null

    union

    select
        customer_id,
        'phone' as channel
    from customers
    where phone is not null

),

allowed as (

    select
        customer_id,
        channel,
        bool_or(is_allowed) filter (where purpose = 'sales') as is_sales_allowed,
        bool_or(is_allowed) filter (where purpose = 'service') as is_service_allowed,
        bool_or(is_allowed) filter (where purpose = 'marketing') as is_marketing_allowed
    from {{ ref('int_permissions__current') }}
    group by
        customer_id,
        channel

),

permitted as (

    select
        reachable.customer_id,
        reachable.channel,
        -- on a channel nobody can refuse by name, the conversation itself is the permission
        not coalesce(allowed.is_sales_allowed or allowed.is_service_allowed, true)
            as is_opted_out,
        coalesce(allowed.is_sales_allowed, not customers.is_deleted) as is_sales_allowed,
        coalesce(allowed.is_service_allowed, true) as is_service_allowed,
        coalesce(allowed.is_marketing_allowed, false) as is_marketing_allowed

    from reachable

    inner join customers
        on reachable.customer_id = customers.customer_id

    left join allowed
        on
            reachable.customer_id = allowed.customer_id
            and reachable.channel = allowed.channel

)

select * from permitted
