-- Grain: one row per payment or refund that settles an invoice.
with

payments as (

    select * from {{ ref('stg_payments') }}

),

invoices as (

    select * from {{ ref('stg_invoices') }}

),

-- a payment that names only its order settles the invoice of that order, if there is one alone
invoices_alone_on_their_order as (

    select
        order_id,
        min(invoice_id) as invoice_id
    from invoices
    where order_id is not null
    group by order_id
    having count(*) = 1

),

invoiced as (

    select
        payments.payment_id,
        invoices.invoice_id,
        payments.amount,
        coalesce(payments.currency = invoices.currency, false) as is_same_currency,
        invoices.amount as invoice_amount,
        payments.paid_at,
        greatest(payments.paid_at, payments.known_at) as known_from

    from payments

    left join invoices_alone_on_their_order as alone
        on payments.order_id = alone.order_id

    inner join invoices
        on coalesce(payments.invoice_id, alone.invoice_id) = invoices.invoice_id

    where
        coalesce(payments.status <> 'failed', true)
        and payments.paid_at <= {{ as_of() }}

)

select * from invoiced
