-- Grain: one row per colleague who sells and calendar month in which they turned to somebody.
with

interactions as (

    select * from {{ ref('fct_interactions') }}

),

sellers as (

    select owner_id
    from {{ ref('fct_opportunities') }}
    where owner_id is not null

    union

    select owner_id
    from {{ ref('int_quotas__dated') }}

),

counted as (

    select
        interactions.agent_id as owner_id,
        cast(date_trunc('month', interactions.started_at) as date) as period_start,
        count(*) as activity_count,
        count(distinct interactions.customer_id) as contacted_customer_count

    from interactions

    inner join sellers
        on interactions.agent_id = sellers.owner_id

    where
        interactions.direction <> 'inbound'
        and not interactions.is_automated
        and not interactions.is_bot
        and interactions.started_at < {{ as_of() }}

    group by
        interactions.agent_id,
        date_trunc('month', interactions.started_at)

)

select * from counted
