-- Grain: one row per opportunity and customer who speaks for it.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

people as (

    select * from {{ ref('int_accounts__people') }}

),

unioned as (

    select
        opportunity_id,
        customer_id
    from opportunities
    where customer_id is not null

    union

    select
        opportunity_id,
        contact_customer_id as customer_id
    from opportunities
    where contact_customer_id is not null

    union

    -- a company does not speak: where nobody is named, anybody who works there does
    select
        opportunities.opportunity_id,
        people.person_id as customer_id
    from opportunities
    inner join people
        on opportunities.customer_id = people.customer_id
    where opportunities.contact_customer_id is null

)

select * from unioned
