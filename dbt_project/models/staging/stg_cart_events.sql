-- Grain: one event of one cart; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions_of_events(source('raw', 'cart_event')) }}

),

renamed as (

    select
        record_key as cart_event_id,
        {{ in_namespace('cart_id') }} as cart_id,
        event_type,
        customer_ref,
        product_ref as product_id,
        price,
        quantity,
        currency,
        event_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
