-- Grain: one weekly opening interval of one schedule; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'schedule')) }}

),

renamed as (

    select
        record_key as schedule_interval_id,
        {{ in_namespace('schedule_id') }} as schedule_key,
        schedule_id,
        name,
        time_zone,
        start_minute,
        end_minute,
        valid_from,
        valid_to,
        source,
        occurred_at,
        recorded_at,
        recorded_at as known_at

    from current_versions

)

select * from renamed
