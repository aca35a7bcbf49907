-- Grain: one closed day of one schedule; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'schedule_holiday')) }}

),

renamed as (

    select
        record_key as schedule_holiday_id,
        {{ in_namespace('schedule_id') }} as schedule_key,
        schedule_id,
        holiday_date,
        name,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(holiday_date as timestamp)) as known_at

    from current_versions

)

select * from renamed
