-- Grain: one exchange rate on one day; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'fx_rate')) }}

),

renamed as (

    select
        record_key as fx_rate_id,
        rate_date,
        from_currency,
        to_currency,
        rate,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(rate_date as timestamp)) as known_at

    from current_versions

)

select * from renamed
