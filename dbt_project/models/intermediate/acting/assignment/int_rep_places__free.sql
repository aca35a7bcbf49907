-- Grain: one row per further lead that a colleague can take, numbered by the load that it makes.
with

reps as (

    select * from {{ ref('int_reps__loaded') }}

),

-- whom the customer knows has the lead, however much they have already
new_of_customers as (

    select
        customer_owner_id as agent_id,
        count(*) as lead_count
    from {{ ref('int_leads__to_assign') }}
    where kept_owner_id is null and customer_owner_id is not null
    group by customer_owner_id

),

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

)

select * from places
