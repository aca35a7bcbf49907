-- Grain: one row per customer who ever did or was anything; the furthest stage reached.
with

records as (

    select * from {{ ref('int_customer_records__unioned') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

ranks as (

    select
        stated.lifecycle_stage,
        stated.stage_rank
    from (
        values
        ('subscriber', 1),
        ('lead', 2),
        ('mql', 3),
        ('sql', 4),
        ('opportunity', 5),
        ('customer', 6)
    ) as stated (lifecycle_stage, stage_rank)

),

reached as (

    select
        customer_id,
        lower(lifecycle_stage) as lifecycle_stage
    from records

    union all

    select
        customer_id,
        'customer' as lifecycle_stage
    from orders
    where customer_id is not null and not is_cancelled and not is_refund

    union all

    select
        customer_id,
        case when is_won then 'customer' else 'opportunity' end as lifecycle_stage
    from opportunities
    where customer_id is not null

    union all

    select
        contact_customer_id as customer_id,
        case when is_won then 'customer' else 'opportunity' end as lifecycle_stage
    from opportunities
    where contact_customer_id is not null

),

staged as (

    select
        reached.customer_id,
        max_by(ranks.lifecycle_stage, ranks.stage_rank) as lifecycle_stage
    from reached
    inner join ranks
        on reached.lifecycle_stage = ranks.lifecycle_stage
    group by reached.customer_id

)

select * from staged
