-- Grain: one row per version of an invoice that was open and due.
with

versions as (

    select * from {{ source('raw', 'invoice') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

payments as (

    select * from {{ ref('int_payments__invoiced') }}

),

-- a later version may move the due date, or say that it was paid
with_ends as (

    select
        record_key as invoice_id,
        due_date,
        coalesce(lower(status) in ('paid', 'void'), false) or paid_at is not null as is_settled,
        known_at as known_from,
        min(known_at) over (
            partition by record_key
            order by recorded_at nulls first, file, position, record_hash
            rows between 1 following and unbounded following
        ) as known_to
    from versions

),

paid as (

    select
        invoice_id,
        min(known_from) filter (where paid_so_far >= invoice_amount) as paid_known_at
    from (
        select
            *,
            sum(amount) over (
                partition by invoice_id
                order by known_from, payment_id
                rows between unbounded preceding and current row
            ) as paid_so_far
        from payments
        where is_same_currency
    ) as running
    group by invoice_id

),

moments as (

    select
        'payment_overdue' as trigger_type,
        with_ends.invoice_id as subject_id,
        invoices.customer_id,
        invoices.open_amount_base as value,
        -- it may be paid on the due day itself
        cast(with_ends.due_date + interval '1' day as timestamp) as anchor_at,
        with_ends.known_from,
        least(with_ends.known_to, paid.paid_known_at) as ended_at

    from with_ends

    inner join invoices
        on with_ends.invoice_id = invoices.invoice_id

    left join paid
        on with_ends.invoice_id = paid.invoice_id

    where
        not with_ends.is_settled
        and with_ends.due_date is not null
        and invoices.amount > 0
        and invoices.customer_id is not null

)

select * from moments
