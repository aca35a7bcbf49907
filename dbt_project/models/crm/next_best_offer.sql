-- Grain: one row per customer who has bought and offer that may be made to them, or none.
with

buyers as (

    select * from {{ ref('int_order_values__shrunk') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

offers as (

    select *
    from {{ ref('offers') }}
    where is_active

),

acceptance as (

    select * from {{ ref('int_offer_acceptance__shrunk') }}

),

permissions as (

    select * from {{ ref('int_permissions__current') }}

),

agreed as (

    select distinct permissions.customer_id
    from permissions
    inner join offers
        on permissions.purpose = offers.purpose and permissions.channel = offers.channel
    where permissions.is_allowed

),

expected as (

    select
        buyers.customer_id,
        offers.offer_id,
        buyers.segment_name,
        acceptance.evidence_n,
        acceptance.p_accept,
        buyers.order_value_base,
        try_cast(
            buyers.order_value_base * (offers.margin_rate - offers.discount_rate)
            as decimal(18, 4)
        ) as margin_base,
        try_cast(offers.cost_base as decimal(18, 4)) as cost_base,
        acceptance.p_accept * cast(buyers.order_value_base as double)
        * (offers.margin_rate - offers.discount_rate) - offers.cost_base as expected_margin_base,
        acceptance.method

    from buyers

    -- who was forgotten is offered nothing
    inner join customers
        on buyers.customer_id = customers.customer_id

    inner join offers
        on
            offers.eligible_segments is null
            or regexp_matches(lower(buyers.segment_name), offers.eligible_segments)

    inner join acceptance
        on
            offers.offer_id = acceptance.offer_id
            and buyers.segment_name = acceptance.segment_name

    left join permissions
        on
            buyers.customer_id = permissions.customer_id
            and offers.purpose = permissions.purpose
            and offers.channel = permissions.channel

    where
        (offers.offer_id = 'do_nothing' or permissions.is_allowed)
        -- who was deleted is weighed for nothing, unless they agreed to an offer since
        and (
            not customers.is_deleted
            or customers.customer_id in (select agreed.customer_id from agreed)
        )

),

described as (

    select
        customer_id,
        offer_id,
        case
            when expected_margin_base is not null
                then
                    row_number() over (
                        partition by customer_id
                        order by
                            expected_margin_base desc nulls last,
                            offer_id = 'do_nothing' desc,
                            offer_id asc
                    )
        end as offer_rank,
        segment_name,
        evidence_n,
        p_accept,
        order_value_base,
        margin_base,
        cost_base,
        try_cast(expected_margin_base as decimal(18, 4)) as expected_margin_base,
        try_cast(
            expected_margin_base - max(expected_margin_base) filter (
                where offer_id = 'do_nothing'
            ) over (partition by customer_id) as decimal(18, 4)
        ) as gain_over_nothing_base,
        method

    from expected

)

select * from described
