-- Grain: one product offered in one opportunity; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'opportunity_line')) }}

),

renamed as (

    select
        record_key as opportunity_line_id,
        opportunity_ref as opportunity_id,
        product_ref as product_id,
        sku,
        product_name,
        quantity,
        unit_price,
        list_price,
        discount,
        amount,
        currency,
        service_date,
        created_at,
        source,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
