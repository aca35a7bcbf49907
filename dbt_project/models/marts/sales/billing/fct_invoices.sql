-- Grain: one row per invoice.
with

invoices as (

    select * from {{ ref('stg_invoices') }}

),

payments as (

    select * from {{ ref('int_payments__invoiced') }}

),

-- who is billed before the order is placed owes as much
orders as (

    select
        order_id,
        customer_id
    from {{ ref('fct_orders') }}

    union all

    select
        order_id,
        customer_id
    from {{ ref('draft_orders') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

payments_by_invoice as (

    select
        invoice_id,
        sum(amount) filter (where is_same_currency) as paid_amount,
        count(*) filter (where not is_same_currency) as other_currency_payment_count,
        max(paid_at) filter (where is_same_currency) as last_paid_at
    from payments
    group by invoice_id

),

settled as (

    select
        invoices.*,
        coalesce(lower(invoices.status) = 'void', false) as is_void,
        coalesce(lower(invoices.status) = 'paid', false)
        or coalesce(invoices.paid_at <= {{ as_of() }}, false)
        or coalesce(payments_by_invoice.paid_amount >= invoices.amount, false) as is_paid,
        payments_by_invoice.paid_amount,
        coalesce(payments_by_invoice.other_currency_payment_count, 0)
            as other_currency_payment_count,
        payments_by_invoice.last_paid_at
    from invoices
    left join payments_by_invoice
        on invoices.invoice_id = payments_by_invoice.invoice_id

),

-- an invoice that its source calls paid is paid, whether or not the payments came too
opened as (

    select
        *,
        try_cast(
            case
                when is_void then 0
                when is_paid then amount
                else coalesce(paid_amount, 0)
            end as decimal(18, 4)
        ) as settled_amount,
        try_cast(
            case
                when is_void or is_paid then 0
                else cast(amount as decimal(20, 4)) - coalesce(paid_amount, 0)
            end as decimal(18, 4)
        ) as open_amount
    from settled

),

described as (

    select
        opened.invoice_id,
        coalesce(by_person.customer_id, orders.customer_id) as customer_id,
        opened.order_id,
        lower(opened.status) as status,
        opened.currency,
        opened.amount,
        opened.settled_amount,
        opened.open_amount,
        {{ to_base('opened.amount', 'opened.currency') }} as amount_base,
        {{ to_base('opened.settled_amount', 'opened.currency') }} as settled_amount_base,
        {{ to_base('opened.open_amount', 'opened.currency') }} as open_amount_base,
        opened.other_currency_payment_count,
        opened.is_void,
        opened.is_paid and not opened.is_void as is_paid,
        opened.issued_at,
        opened.due_date,
        case
            when opened.is_paid and not opened.is_void
                then coalesce(opened.paid_at, opened.last_paid_at)
        end as paid_at,
        opened.source,
        opened.known_at

    from opened

    left join orders
        on opened.order_id = orders.order_id

    left join identifiers as by_person
        on opened.customer_ref = by_person.identifier

    left join rates
        on
            opened.currency = rates.currency
            and cast(opened.issued_at as date) = rates.day

)

select * from described
