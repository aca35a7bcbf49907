-- Grain: one product as it is sold; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'product')) }}

),

renamed as (

    select
        record_key as product_id,
        sku,
        name,
        category,
        family,
        brand,
        variant,
        list_price,
        cost,
        currency,
        launched_on,
        retired_on,
        stock_on_hand,
        lead_time_days,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, cast(launched_on as timestamp)) as known_at

    from current_versions

)

select * from renamed
