-- Grain: one row per customer: what marketing may tell audiences apart by, and how they respond.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

-- of several records the newest one that says anything is believed, column by column
contacts as (

    select
        customer_id,
        max_by(gender, (created_at, contact_id)) filter (where gender is not null) as gender,
        max_by(birth_date, (created_at, contact_id)) filter (where birth_date is not null)
            as birth_date,
        max_by(income_band, (created_at, contact_id)) filter (where income_band is not null)
            as income_band
    from {{ ref('dim_contacts') }}
    where customer_id is not null and created_at is not null
    group by customer_id

),

leads as (

    select
        customer_id,
        max_by(industry, (created_at, lead_id)) as industry
    from {{ ref('dim_leads') }}
    where industry is not null and created_at is not null
    group by customer_id

),

segments as (

    {{ newest_scores('customer_segments') }}

),

orders as (

    select
        customer_id,
        count(*) filter (where not is_refund) as order_count,
        sum(revenue_base) as revenue_base
    from {{ ref('fct_orders') }}
    where customer_id is not null and not is_cancelled
    group by customer_id

),

-- an open may be a machine's; a click, an answer or an attendance is a person's
emailed as (

    select
        identifiers.customer_id,
        bool_or(emails.click_events > 0 or emails.reply_events > 0) as has_responded
    from {{ ref('int_emails__summed') }} as emails
    inner join {{ ref('int_identifiers__current') }} as identifiers
        on emails.recipient_ref = identifiers.identifier
    where emails.campaign_id is not null
    group by identifiers.customer_id

),

invited as (

    select
        customer_id,
        bool_or(coalesce(has_responded, false)) as has_responded
    from {{ ref('int_list_members__unioned') }}
    where customer_id is not null and has_responded is not null
    group by customer_id

),

described as (

    select
        customers.customer_id,
        customers.country_code as country,
        customers.locale,
        coalesce(accounts.industry, leads.industry) as industry,
        customers.customer_type,
        contacts.gender,
        contacts.income_band,
        case
            when contacts.birth_date is not null
                then
                    least(
                        date_diff('year', contacts.birth_date, cast({{ as_of() }} as date)) // 10,
                        7
                    ) * 10
        end as age_from,
        segments.segment_name as segment,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.revenue_base, 0) as revenue_base,
        coalesce(emailed.customer_id, invited.customer_id) is not null as is_contacted,
        coalesce(emailed.has_responded, false) or coalesce(invited.has_responded, false)
            as has_responded

    from customers

    left join {{ ref('dim_accounts') }} as accounts
        on customers.account_id = accounts.account_id

    left join contacts
        on customers.customer_id = contacts.customer_id

    left join leads
        on customers.customer_id = leads.customer_id

    left join segments
        on customers.customer_id = segments.customer_id

    left join orders
        on customers.customer_id = orders.customer_id

    left join emailed
        on customers.customer_id = emailed.customer_id

    left join invited
        on customers.customer_id = invited.customer_id

),

banded as (

    select
        *,
        case
            when age_from >= 70 then '70+'
            when age_from < 20 then 'under 20'
            else age_from || '-' || (age_from + 9)
        end as age_band
    from described

)

select * from banded
