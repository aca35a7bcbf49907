-- Grain: one row per customer: what they bought, negotiate, owe, complained of and rated.
with

customers as (

    select customer_id from {{ ref('dim_customers') }}

),

receivables as (

    select
        customer_id,

        sum(open_amount_base) as open_invoice_amount_base,
        sum(open_amount_base) filter (where is_overdue) as overdue_amount_base

    from {{ ref('receivables') }}

    group by customer_id

),

refunded as (

    select distinct refunded_order_id as order_id
    from {{ ref('fct_orders') }}
    where refunded_order_id is not null and not is_cancelled

),

orders as (

    select
        orders.customer_id,

        count(*) filter (where not orders.is_refund) as order_count,
        count(*) filter (
            where not orders.is_refund and (orders.is_returned or refunded.order_id is not null)
        ) as returned_order_count,
        sum(orders.revenue_base) as revenue_base,
        min(orders.placed_at) filter (where not orders.is_refund) as first_order_at,
        max(orders.placed_at) filter (where not orders.is_refund) as last_order_at

    from {{ ref('fct_orders') }} as orders

    left join refunded
        on orders.order_id = refunded.order_id

    where not orders.is_cancelled

    group by orders.customer_id

),

opportunities as (

    select
        customer_id,

        count(*) filter (where not is_closed) as open_opportunity_count,
        count(*) filter (where is_won) as won_opportunity_count,
        count(*) filter (where is_closed and not is_won) as lost_opportunity_count,
        sum(amount_base) filter (where not is_closed) as open_amount_base,
        sum(amount_base) filter (where is_won) as won_amount_base

    from {{ ref('fct_opportunities') }}

    group by customer_id

),

tickets as (

    select
        customer_id,

        count(*) as ticket_count,
        count(*) filter (where not is_solved) as open_ticket_count

    from {{ ref('fct_tickets') }}

    group by customer_id

),

surveys as (

    select
        customer_id,

        count(*) as csat_answer_count,
        avg(try_cast(normalized_score as decimal(18, 6))) as csat_mean

    from {{ ref('fct_survey_responses') }}

    where survey_type = 'CSAT' and normalized_score is not null

    group by customer_id

),

joined as (

    select
        customers.customer_id,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.returned_order_count, 0) as returned_order_count,
        try_cast(coalesce(orders.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        coalesce(opportunities.open_opportunity_count, 0) as open_opportunity_count,
        coalesce(opportunities.won_opportunity_count, 0) as won_opportunity_count,
        coalesce(opportunities.lost_opportunity_count, 0) as lost_opportunity_count,
        try_cast(coalesce(opportunities.open_amount_base, 0) as decimal(18, 4)) as open_amount_base,
        try_cast(coalesce(opportunities.won_amount_base, 0) as decimal(18, 4)) as won_amount_base,
        try_cast(coalesce(receivables.open_invoice_amount_base, 0) as decimal(18, 4))
            as open_invoice_amount_base,
        try_cast(coalesce(receivables.overdue_amount_base, 0) as decimal(18, 4))
            as overdue_amount_base,
        coalesce(tickets.ticket_count, 0) as ticket_count,
        coalesce(tickets.open_ticket_count, 0) as open_ticket_count,
        coalesce(surveys.csat_answer_count, 0) as csat_answer_count,
        surveys.csat_mean,
        orders.first_order_at,
        orders.last_order_at

    from customers

    left join orders
        on customers.customer_id = orders.customer_id

    left join opportunities
        on customers.customer_id = opportunities.customer_id

    left join receivables
        on customers.customer_id = receivables.customer_id

    left join tickets
        on customers.customer_id = tickets.customer_id

    left join surveys
        on customers.customer_id = surveys.customer_id

)

select * from joined
