-- Grain: one invoice; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'invoice')) }}

),

renamed as (

    select
        record_key as invoice_id,
        order_ref as order_id,
        customer_ref,
        amount,
        currency,
        issued_at,
        due_date,
        paid_at,
        status,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
