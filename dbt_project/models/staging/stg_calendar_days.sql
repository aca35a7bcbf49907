-- Grain: one day of the company's own calendar; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'calendar')) }}

),

renamed as (

    select
        record_key as calendar_id,
        calendar_date,
        region,
        is_holiday,
        holiday_name,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(calendar_date as timestamp)) as known_at

    from current_versions

)

select * from renamed
