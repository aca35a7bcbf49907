-- Grain: one row per opportunity or order that a document may be made of, as its record says.
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
        and not orders.is_refund
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

)

select * from unioned
