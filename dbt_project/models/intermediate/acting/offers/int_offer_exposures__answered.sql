-- Grain: one row per customer, offer and campaign that carried it, and whether an order followed.
{% set answer_days = 30 %}

with

offers as (

    select *
    from {{ ref('offers') }}
    where campaign_pattern is not null

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

touches as (

    select
        customer_id,
        campaign_id,
        touched_at
    from {{ ref('int_touches__unioned') }}
    where campaign_id is not null

    union all

    select
        customer_id,
        campaign_id,
        touched_at
    from {{ ref('fct_campaign_touches') }}
    where customer_id is not null and campaign_id is not null

),

orders as (

    select
        customer_id,
        placed_at
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and placed_at is not null
        and not is_cancelled
    qualify row_number() over (
        partition by customer_id, placed_at
        order by order_id
    ) = 1

),

exposures as (

    select
        touches.customer_id,
        offers.offer_id,
        touches.campaign_id,
        min(touches.touched_at) as exposed_at
    from touches
    inner join campaigns
        on touches.campaign_id = campaigns.campaign_id
    inner join offers
        on regexp_matches(lower(campaigns.name), offers.campaign_pattern)
    group by
        touches.customer_id,
        offers.offer_id,
        touches.campaign_id

),

answered as (

    select
        exposures.customer_id,
        exposures.offer_id,
        exposures.campaign_id,
        exposures.exposed_at,
        coalesce(
            orders.placed_at <= exposures.exposed_at + interval '{{ answer_days }}' day, false
        ) as is_accepted
    from exposures
    asof left join orders
        on
            exposures.customer_id = orders.customer_id
            and exposures.exposed_at < orders.placed_at
    -- what was offered lately may still be accepted, and what was offered long ago was another time
    where
        exposures.exposed_at <= {{ as_of() }} - interval '{{ answer_days }}' day
        and exposures.exposed_at > {{ as_of() }} - interval '{{ 13 * answer_days }}' day

)

select * from answered
