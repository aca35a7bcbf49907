-- Grain: one row per open lead: the first response it waits for, or the next one.
with

leads as (

    select *
    from {{ ref('dim_leads') }}
    where not is_converted and not is_closed

),

assignment as (

    select * from {{ ref('lead_assignment') }}

),

touches as (

    select * from {{ ref('int_last_touches__summed') }}

),

described as (

    select
        case
            when
                coalesce(leads.first_responded_at, touches.last_touched_at) >= leads.created_at
                then 'lead_follow_up'
            else 'lead_first_response'
        end as reason_code,
        'lead' as entity_type,
        leads.lead_id as entity_id,
        leads.customer_id,
        leads.customer_id as contact_customer_id,
        assignment.proposed_owner_id as agent_id,
        cast(null as varchar) as next_step,
        cast(null as decimal(18, 4)) as value_base,
        greatest(leads.created_at, leads.first_responded_at, touches.last_touched_at) as anchor_at

    from leads

    inner join assignment
        on leads.lead_id = assignment.lead_id

    left join touches
        on leads.customer_id = touches.customer_id

)

select * from described
