-- Grain: one row per opportunity of which a colleague has turned to somebody who speaks for it.
with

touches as (

    select * from {{ ref('int_touches__unioned') }}
    where contact_kind = 'personal'

),

opportunity_customers as (

    select * from {{ ref('int_opportunities__customers') }}

),

touched as (

    select
        opportunity_customers.opportunity_id,
        touches.touched_at
    from opportunity_customers
    inner join touches
        on opportunity_customers.customer_id = touches.customer_id

    union all

    select
        opportunity_id,
        touched_at
    from touches
    where opportunity_id is not null

),

last_touches as (

    select
        opportunity_id,
        max(touched_at) as last_touched_at
    from touched
    group by opportunity_id

)

select * from last_touches
