-- Grain: one payment or refund; its current version.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'payment')) }}

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
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
