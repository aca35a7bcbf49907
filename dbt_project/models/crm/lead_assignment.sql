-- Grain: one row per open lead: who should have it.
with

leads as (

    select * from {{ ref('int_leads__to_assign') }}

),

reps as (

    select * from {{ ref('int_reps__loaded') }}

),

permissions as (

    select
        customer_id,
        bool_or(is_allowed) as is_contactable
    from {{ ref('int_permissions__current') }}
    where purpose = 'sales'
    group by customer_id

),

rules as (

    select *
    from {{ ref('assignment_rules') }}
    where is_active

),

-- whom the customer knows has the lead, however much they have already
known_reps as (

    select
        lead_id,
        coalesce(kept_owner_id, customer_owner_id) as agent_id,
        case when kept_owner_id is not null then 'keeps_owner' else 'customer_owner' end as rule
    from leads
    where coalesce(kept_owner_id, customer_owner_id) is not null

),

new_of_customers as (

    select
        agent_id,
        count(*) as lead_count
    from known_reps
    where rule = 'customer_owner'
    group by agent_id

),

-- one free place per lead that a rep can still take, numbered by the load that it makes:
-- giving the next lead the lowest place is giving it to the rep with least
places as (

    select
        reps.agent_id,
        reps.region,
        unnest(
            range(
                reps.open_lead_count + coalesce(new_of_customers.lead_count, 0) + 1,
                reps.max_open_leads + 1
            )
        ) as load
    from reps
    left join new_of_customers
        on reps.agent_id = new_of_customers.agent_id

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

),

proposed_by_rep as (

    select
        agent_id,
        count(*) as open_leads_after
    from assigned
    group by agent_id

),

described as (

    select
        leads.lead_id,
        leads.customer_id,
        leads.current_owner_id,
        assigned.agent_id as proposed_owner_id,
        coalesce(assigned.rule, 'no_capacity') as rule,
        coalesce(assigned.agent_id <> coalesce(leads.current_owner_id, ''), false) as is_change,
        leads.region as territory,
        leads.region = reps.region as is_territory_match,
        reps.open_lead_count as open_leads_before,
        proposed_by_rep.open_leads_after,
        reps.max_open_leads as capacity,
        proposed_by_rep.open_leads_after / reps.max_open_leads as capacity_used,
        coalesce(permissions.is_contactable, true) as is_contactable,
        case
            when leads.first_responded_at is null
                then epoch({{ as_of() }} - leads.created_at) / 3600
        end as hours_without_response,
        leads.created_at

    from leads

    left join assigned
        on leads.lead_id = assigned.lead_id

    left join reps
        on assigned.agent_id = reps.agent_id

    left join proposed_by_rep
        on assigned.agent_id = proposed_by_rep.agent_id

    left join permissions
        on leads.customer_id = permissions.customer_id

)

select * from described
