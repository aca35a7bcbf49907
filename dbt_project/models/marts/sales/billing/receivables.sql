-- Grain: one row per invoice that something is still owed on.
with

invoices as (

    select * from {{ ref('fct_invoices') }}

),

aged as (

    select
        *,
        cast(date_diff('day', due_date, cast({{ as_of() }} as date)) as bigint) as days_past_due
    from invoices
    where
        open_amount > 0
        and issued_at <= {{ as_of() }}

),

described as (

    select
        invoice_id,
        customer_id,
        order_id,
        case
            when days_past_due is null then 'no_due_date'
            when days_past_due <= 0 then 'not_due'
            when days_past_due <= 30 then '1_to_30'
            when days_past_due <= 60 then '31_to_60'
            when days_past_due <= 90 then '61_to_90'
            else 'over_90'
        end as arrears_bucket,
        case when days_past_due < 0 then 0 else days_past_due end as days_overdue,
        currency,
        amount,
        open_amount,
        amount_base,
        open_amount_base,
        coalesce(days_past_due > 0, false) as is_overdue,
        issued_at,
        due_date

    from aged

)

select * from described
