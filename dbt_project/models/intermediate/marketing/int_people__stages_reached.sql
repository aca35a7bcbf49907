-- Grain: one row per person of whom anything is known, with the moment of every stage reached.
with

people as (

    select * from {{ ref('dim_customers') }}
    where customer_type = 'person'

),

leads as (

    select * from {{ ref('dim_leads') }}
    where customer_id is not null

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

-- the person of an opportunity is its contact, or who its lead was
opportunities_of_people as (

    select
        contact_customer_id as customer_id,
        opportunity_id
    from opportunities
    where contact_customer_id is not null

    union

    select
        customer_id,
        converted_opportunity_id as opportunity_id
    from leads
    where converted_opportunity_id is not null

),

entries as (

    select
        customer_id,
        1 as stage_order,
        created_at as entered_at
    from {{ ref('dim_contacts') }}

    union all

    select
        customer_id,
        2 as stage_order,
        created_at as entered_at
    from leads

    union all

    select
        customer_id,
        3 as stage_order,
        qualified_at as entered_at
    from leads

    union all

    select
        customer_id,
        4 as stage_order,
        converted_at as entered_at
    from leads

    union all

    select
        opportunities_of_people.customer_id,
        5 as stage_order,
        opportunities.created_at as entered_at
    from opportunities_of_people
    inner join opportunities
        on opportunities_of_people.opportunity_id = opportunities.opportunity_id

    union all

    select
        opportunities_of_people.customer_id,
        6 as stage_order,
        opportunities.closed_at as entered_at
    from opportunities_of_people
    inner join opportunities
        on opportunities_of_people.opportunity_id = opportunities.opportunity_id
    where opportunities.is_won

    union all

    select
        customer_id,
        6 as stage_order,
        placed_at as entered_at
    from {{ ref('fct_orders') }}
    where not is_cancelled and not is_refund

),

-- who reached a stage has reached every stage before it, at the latest then
reached as (

    select
        people.customer_id,
        coalesce(people.original_source, 'unknown') as source,
        min(entries.entered_at) as subscriber_at,
        min(entries.entered_at) filter (where entries.stage_order >= 2) as lead_at,
        min(entries.entered_at) filter (where entries.stage_order >= 3) as mql_at,
        min(entries.entered_at) filter (where entries.stage_order >= 4) as sql_at,
        min(entries.entered_at) filter (where entries.stage_order >= 5) as opportunity_at,
        min(entries.entered_at) filter (where entries.stage_order >= 6) as customer_at

    from people

    inner join entries
        on people.customer_id = entries.customer_id

    where entries.entered_at is not null

    group by
        people.customer_id,
        people.original_source

)

select * from reached
