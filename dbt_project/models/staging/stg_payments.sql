-- Grain: one payment or refund; its current version.
with

current_versions as (

    {{ current_versions_of_revised_events(source('raw', 'payment')) }}

),

renamed as (

    select
        record_key as payment_id,
        invoice_ref as invoice_id,
        order_ref as order_id,
        customer_ref,
        amount,
        currency,
        paid_at,
        status,
        method,
        source,
        occurred_at,
        recorded_at,
        coalesce(held_since, occurred_at) as known_at

    from current_versions

)

select * from renamed
