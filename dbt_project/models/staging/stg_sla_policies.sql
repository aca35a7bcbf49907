-- Grain: one target of one policy; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'sla_policy')) }}

),

renamed as (

    select
        record_key as sla_policy_key,
        sla_policy_id,
        metric,
        priority,
        target_minutes,
        business_hours,
        schedule_id,
        source,
        occurred_at,
        recorded_at,
        recorded_at as known_at

    from current_versions

)

select * from renamed
