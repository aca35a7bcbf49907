-- Grain: one row per offer and segment: how often it is accepted, drawn to its average.
-- exposures that the average of the offer weighs as much as
{% set prior_exposures = 20 %}

with

offers as (

    select *
    from {{ ref('offers') }}
    where is_active

),

buyers as (

    select * from {{ ref('int_order_values__shrunk') }}

),

exposures as (

    select * from {{ ref('int_offer_exposures__answered') }}

),

months as (

    select * from {{ ref('int_buyer_months__counted') }}

),

segments as (

    select distinct segment_name from buyers

),

-- doing nothing is an offer too: in how many months do those who have bought buy again
observed as (

    select
        exposures.offer_id,
        buyers.segment_name,
        count(*) as exposed_count,
        count(*) filter (where exposures.is_accepted) as accepted_count
    from exposures
    inner join buyers
        on
            exposures.customer_id = buyers.customer_id
            and exposures.exposed_at > buyers.first_order_at
    group by
        exposures.offer_id,
        buyers.segment_name

    union all

    select
        'do_nothing' as offer_id,
        buyers.segment_name,
        sum(months.month_count) as exposed_count,
        sum(months.month_with_order_count) as accepted_count
    from months
    inner join buyers
        on months.customer_id = buyers.customer_id
    group by buyers.segment_name

),

offer_averages as (

    select
        offer_id,
        sum(accepted_count) / sum(exposed_count) as accepted_share
    from observed
    group by offer_id

),

described as (

    select
        offers.offer_id,
        segments.segment_name,
        cast(coalesce(observed.exposed_count, 0) as bigint) as evidence_n,
        cast(coalesce(observed.accepted_count, 0) as bigint) as accepted_count,
        offer_averages.accepted_share as offer_accepted_share,
        (
            coalesce(observed.accepted_count, 0)
            + {{ prior_exposures }} * offer_averages.accepted_share
        ) / (coalesce(observed.exposed_count, 0) + {{ prior_exposures }}) as p_accept,
        case
            when offer_averages.accepted_share is null then 'no_data'
            when observed.exposed_count is null then 'offer_average'
            else 'observed'
        end as method

    from offers

    cross join segments

    left join observed
        on
            offers.offer_id = observed.offer_id
            and segments.segment_name = observed.segment_name

    left join offer_averages
        on offers.offer_id = offer_averages.offer_id

)

select * from described
