-- Grain: one order, or one cancellation or refund document; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'order')) }}

),

renamed as (

    select
        record_key as order_id,
        customer_ref,
        account_ref as account_id,
        opportunity_ref as opportunity_id,
        status,
        placed_at,
        subtotal,
        discount,
        shipping,
        tax,
        total,
        revenue,
        currency,
        coupon,
        affiliation,
        country_code,
        cancelled_at,
        refunded_amount,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
