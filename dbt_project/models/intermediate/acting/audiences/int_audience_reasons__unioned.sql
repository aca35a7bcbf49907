-- Grain: one row per reason for which a customer belongs to an audience, and how long it holds.
with

audiences as (

    select * from {{ ref('audiences') }}

),

orders as (

    select *
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and not is_cancelled
        and not is_refund
        and placed_at <= {{ as_of() }}

),

opportunities as (

    select *
    from {{ ref('fct_opportunities') }}
    where customer_id is not null and created_at <= {{ as_of() }}

),

tickets as (

    select *
    from {{ ref('fct_tickets') }}
    where customer_id is not null and created_at <= {{ as_of() }}

),

unioned as (

    select
        orders.customer_id,
        audiences.audience_id,
        orders.placed_at as holds_from,
        orders.placed_at + to_days(audiences.days) as holds_to
    from orders
    inner join audiences
        on audiences.audience_type = 'recent_buyer'

    union all

    select
        opportunities.customer_id,
        audiences.audience_id,
        opportunities.created_at as holds_from,
        opportunities.closed_at as holds_to
    from opportunities
    inner join audiences
        on audiences.audience_type = 'open_opportunity'

    union all

    select
        tickets.customer_id,
        audiences.audience_id,
        tickets.created_at as holds_from,
        tickets.solved_at as holds_to
    from tickets
    inner join audiences
        on audiences.audience_type = 'open_ticket'

)

-- records that end before they begin are mistakes of their source and are nobody's reason
select *
from unioned
where coalesce(holds_to > holds_from, true)
