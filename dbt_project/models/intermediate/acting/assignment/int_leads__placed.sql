-- Grain: one row per open lead that somebody can take: who, and by which rule.
with

leads as (

    select * from {{ ref('int_leads__to_assign') }}

),

rules as (

    select *
    from {{ ref('assignment_rules') }}
    where is_active

),

-- giving the next lead the lowest place is giving it to the rep with least
places as (

    select * from {{ ref('int_rep_places__free') }}

),

known_reps as (

    select
        lead_id,
        coalesce(kept_owner_id, customer_owner_id) as agent_id,
        case when kept_owner_id is not null then 'keeps_owner' else 'customer_owner' end as rule
    from leads
    where coalesce(kept_owner_id, customer_owner_id) is not null

),

places_of_territories as (

    select
        *,
        row_number() over (
            partition by region
            order by load, agent_id
        ) as place
    from places
    where region is not null

),

leads_of_territories as (

    select
        lead_id,
        region,
        row_number() over (
            partition by region
            order by created_at, lead_id
        ) as place
    from leads
    where
        region is not null
        and lead_id not in (select known_reps.lead_id from known_reps)
        and 'territory' in (select rules.rule_id from rules)

),

by_territory as (

    select
        waiting.lead_id,
        places_of_territories.agent_id,
        places_of_territories.load,
        'territory' as rule
    from leads_of_territories as waiting
    inner join places_of_territories
        on
            waiting.region = places_of_territories.region
            and waiting.place = places_of_territories.place

),

places_left as (

    select
        places.agent_id,
        row_number() over (
            order by places.load, places.agent_id
        ) as place
    from places
    left join by_territory
        on
            places.agent_id = by_territory.agent_id
            and places.load = by_territory.load
    where by_territory.lead_id is null

),

leads_left as (

    select
        lead_id,
        row_number() over (
            order by created_at, lead_id
        ) as place
    from leads
    where
        lead_id not in (select known_reps.lead_id from known_reps)
        and lead_id not in (select by_territory.lead_id from by_territory)
        and 'any_rep' in (select rules.rule_id from rules)

),

assigned as (

    select
        lead_id,
        agent_id,
        rule
    from known_reps

    union all

    select
        lead_id,
        agent_id,
        rule
    from by_territory

    union all

    select
        leads_left.lead_id,
        places_left.agent_id,
        'any_rep' as rule
    from leads_left
    inner join places_left
        on leads_left.place = places_left.place

)

select * from assigned
