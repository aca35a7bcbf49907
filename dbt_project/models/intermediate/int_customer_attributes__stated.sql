-- Grain: one row per customer, attribute and record that states it.
with

records as (

    select * from {{ ref('int_customer_records__unioned') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

mail_names as (

    select * from {{ ref('int_mail_names__stated') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

verified as (

    select * from {{ ref('int_identifiers__verified') }}

),

erased as (

    select * from {{ ref('int_identifiers__erased') }}

),

of_records as (

    select
        customer_id,
        attribute,
        stated_value,
        source,
        record_type,
        record_id,
        updated_at as stated_at,
        filled_count
    from records
    unpivot (
        stated_value for attribute in (
            name, first_name, last_name, email, phone, title, account_id, owner_id, city,
            country_code, locale, time_zone,
            domain, website, industry, type, rating, account_source, billing_address,
            shipping_address, number_of_employees, annual_revenue, credit_score, parent_account_id
        )
    )

),

-- what nobody's record states but their messages, visits and orders show; of who had their data
-- erased it is shown no more
shown as (

    select
        identifiers.customer_id,
        identifiers.id_type as attribute,
        substr(identifiers.identifier, length(identifiers.id_type) + 2) as stated_value,
        cast(null as varchar) as source,
        'identifier' as record_type,
        identifiers.identifier as record_id,
        identifiers.last_seen_at as stated_at,
        cast(1 as bigint) as filled_count
    from identifiers
    left join erased
        on identifiers.identifier = erased.identifier
    where identifiers.id_type in ('email', 'phone') and erased.identifier is null

    union all

    select
        customer_id,
        'country_code' as attribute,
        country_code as stated_value,
        source,
        'order' as record_type,
        order_id as record_id,
        placed_at as stated_at,
        cast(1 as bigint) as filled_count
    from orders
    where customer_id is not null and country_code is not null

    union all

    select
        identifiers.customer_id,
        'name' as attribute,
        mail_names.name as stated_value,
        mail_names.source,
        'interaction' as record_type,
        mail_names.interaction_id as record_id,
        mail_names.started_at as stated_at,
        cast(1 as bigint) as filled_count
    from mail_names
    inner join identifiers
        on mail_names.from_ref = identifiers.identifier
    left join erased
        on mail_names.from_ref = erased.identifier
    where erased.identifier is null

),

stated as (

    select * from of_records

    union all by name

    select * from shown

),

with_verification as (

    select
        stated.*,
        case
            when stated.attribute in ('email', 'phone') then
                case
                    when verified.is_verified then 2
                    when verified.identifier is null then 1
                    else 0
                end
        end as verification_rank
    from stated
    left join verified
        on
            case
                when stated.attribute in ('email', 'phone')
                    then stated.attribute || ':' || stated.stated_value
            end = verified.identifier

)

select * from with_verification
