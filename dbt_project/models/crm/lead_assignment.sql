-- Grain: one row per open lead: who should have it.
with

leads as (

    select * from {{ ref('int_leads__to_assign') }}

),

reps as (

    select * from {{ ref('int_reps__loaded') }}

),

assigned as (

    select * from {{ ref('int_leads__placed') }}

),

permissions as (

    select
        customer_id,
        bool_or(is_allowed) as is_contactable
    from {{ ref('int_permissions__current') }}
    where purpose = 'sales'
    group by customer_id

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
