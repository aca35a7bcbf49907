-- Grain: one row per customer whom nobody should turn to unasked now.
with

pressure as (

    select * from {{ ref('contact_pressure') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

locked as (

    select
        pressure.customer_id,
        max_by(pressure.last_agent_id, pressure.contact_date) as last_agent_id,
        max_by(pressure.touches_7d, pressure.contact_date) as touches_7d,
        max_by(pressure.distinct_agents_7d, pressure.contact_date) as distinct_agents_7d,
        bool_or(pressure.is_collision) as is_collision,
        bool_or(pressure.is_personal_limit_reached) as is_personal_limit_reached,
        bool_or(pressure.is_campaign_limit_reached) as is_campaign_limit_reached,
        max(pressure.last_touched_at) as last_touched_at,
        max(pressure.cool_off_until) as cool_off_until

    from pressure

    -- who was forgotten or merged away is nobody's to turn to, and needs no lock
    inner join customers
        on pressure.customer_id = customers.customer_id

    where pressure.cool_off_until > {{ as_of() }}

    group by pressure.customer_id

)

select * from locked
