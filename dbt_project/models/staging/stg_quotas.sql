-- Grain: one rep's target for one period; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'quota')) }}

),

renamed as (

    select
        record_key as quota_id,
        owner_ref as owner_id,
        period_start,
        period_type,
        product_family,
        territory,
        quota_amount,
        quota_quantity,
        currency,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(period_start as timestamp)) as known_at

    from current_versions

)

select * from renamed
