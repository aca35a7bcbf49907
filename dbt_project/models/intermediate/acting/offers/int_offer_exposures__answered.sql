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

    select * from {{ ref('int_order_moments') }}

),

-- the patterns look at campaigns, not at every touch of one
carried as materialized (

    select
        campaigns.campaign_id,
        offers.offer_id
    from campaigns
    inner join offers
        on regexp_matches(lower(campaigns.name), offers.campaign_pattern)

),

exposures as (

    select
        touches.customer_id,
        carried.offer_id,
        touches.campaign_id,
        min(touches.touched_at) as exposed_at
    from touches
    inner join carried
        on touches.campaign_id = carried.campaign_id
    group by
        touches.customer_id,
        carried.offer_id,
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
