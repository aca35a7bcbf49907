-- Grain: one colleague: sales rep, service agent or marketer; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'agent')) }}

),

renamed as (

    select
        record_key as agent_id,
        name,
        email,
        phone,
        team,
        region,
        manager_ref as manager_id,
        manager_name,
        role,
        skills,
        cost_per_hour,
        currency,
        active_from,
        active_to,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(active_from as timestamp)) as known_at

    from current_versions

)

select * from renamed
