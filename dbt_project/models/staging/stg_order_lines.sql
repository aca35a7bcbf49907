-- Grain: one line of one order; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_revised_events(source('raw', 'order_line')) }}

),

renamed as (

    select
        record_key as order_line_id,
        order_ref as order_id,
        product_ref as product_id,
        customer_ref,
        sku,
        product_name,
        quantity,
        unit_price,
        list_price,
        discount,
        cogs,
        currency,
        placed_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(held_since, occurred_at) as known_at

    from current_versions

)

select * from renamed
