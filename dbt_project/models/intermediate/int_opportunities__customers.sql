-- Grain: one row per opportunity and customer who speaks for it.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

people as (

    select * from {{ ref('int_accounts__people') }}

),

roles as (

    select * from {{ ref('stg_opportunity_contacts') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

named as (

    select
        opportunity_id,
        contact_customer_id as customer_id
    from opportunities
    where contact_customer_id is not null

    union

    select
        opportunities.opportunity_id,
        identifiers.customer_id
    from opportunities
    inner join roles
        on opportunities.opportunity_id = roles.opportunity_id
    inner join identifiers
        on 'contact:' || roles.contact_id = identifiers.identifier

),

unioned as (

    select
        opportunity_id,
        customer_id
    from opportunities
    where customer_id is not null

    union

    select * from named

    union

    -- a company does not speak: where nobody is named, anybody who works there does
    select
        opportunities.opportunity_id,
        people.person_id as customer_id
    from opportunities
    inner join people
        on opportunities.customer_id = people.customer_id
    left join named
        on opportunities.opportunity_id = named.opportunity_id
    where named.opportunity_id is null

)

select * from unioned
