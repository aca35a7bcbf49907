-- Grain: one row per closed opportunity and step of the conversation that went before the closing.
with

opportunities as (

    select
        opportunity_id,
        is_won,
        amount_base,
        created_at,
        closed_at
    from {{ ref('fct_opportunities') }}
    where is_closed and created_at is not null and closed_at is not null

),

opportunity_customers as (

    select * from {{ ref('int_opportunities__customers') }}

),

-- what colleagues write among themselves and what machines send is no step towards a customer
interactions as (

    select
        interaction_id,
        customer_id,
        opportunity_id,
        started_at,
        case
            when interaction_type = 'meeting' then 'meeting'
            when channel = 'web' then 'web visit'
            when direction = 'inbound' then channel || ' in'
            else channel || ' out'
        end as step
    from {{ ref('fct_interactions') }}
    where
        direction <> 'internal'
        and interaction_type <> 'opt_out'
        and not is_automated
        and not is_bot

),

-- an interaction that names its opportunity belongs to no other one of the customer
concerned as (

    select
        opportunity_id,
        interaction_id,
        step,
        started_at
    from interactions
    where opportunity_id is not null

    union all

    select
        opportunity_customers.opportunity_id,
        interactions.interaction_id,
        interactions.step,
        interactions.started_at
    from interactions
    inner join opportunity_customers
        on interactions.customer_id = opportunity_customers.customer_id
    where interactions.opportunity_id is null

),

matched as (

    select
        opportunities.opportunity_id,
        opportunities.is_won,
        opportunities.amount_base,
        concerned.interaction_id,
        concerned.step,
        concerned.started_at

    from opportunities

    inner join concerned
        on
            opportunities.opportunity_id = concerned.opportunity_id
            and opportunities.created_at <= concerned.started_at
            and opportunities.closed_at > concerned.started_at

),

with_previous as (

    select
        *,
        lag(step) over (
            partition by opportunity_id
            order by started_at, interaction_id
        ) as previous_step
    from matched

),

-- three mails in a row are one step
steps as (

    select
        opportunity_id,
        is_won,
        amount_base,
        row_number() over (
            partition by opportunity_id
            order by started_at, interaction_id
        ) as step_index,
        step,
        started_at
    from with_previous
    where step is distinct from previous_step

)

select * from steps
