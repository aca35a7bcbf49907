-- Grain: one row per rule and month of the year before the as_of in which its condition was met.
{% set outcome_days = 30 %}
-- below this many on either side a difference of shares says nothing
{% set least_compared = 30 %}

with

candidates as (

    select * from {{ ref('int_trigger_candidates__judged') }}

),

firings as (

    select * from {{ ref('int_trigger_firings__spaced') }}

),

orders as (

    select * from {{ ref('int_order_moments') }}

),

met as (

    select
        candidates.rule_id,
        candidates.trigger_type,
        candidates.customer_id,
        cast(date_trunc('month', candidates.fired_at) as date) as month_start_date,
        firings.trigger_key is not null as has_fired,
        candidates.permission in ('granted', 'not_denied') as is_allowed,
        candidates.fired_at <= {{ as_of() }} - interval '{{ outcome_days }}' day
            as is_outcome_known,
        coalesce(
            orders.placed_at <= candidates.fired_at + interval '{{ outcome_days }}' day, false
        ) as has_ordered

    from candidates

    left join firings
        on candidates.trigger_key = firings.trigger_key

    asof left join orders
        on
            candidates.customer_id = orders.customer_id
            and candidates.fired_at < orders.placed_at

    where candidates.fired_at > {{ as_of() }} - interval '1' year

),

summed as (

    select
        rule_id,
        trigger_type,
        month_start_date,
        count(*) as met_count,
        count(*) filter (where has_fired) as fired_count,
        count(*) filter (where not is_allowed) as not_allowed_count,
        count(*) filter (where is_allowed and not has_fired) as cooled_down_count,
        count(distinct customer_id) filter (where has_fired) as fired_customer_count,
        count(*) filter (where has_fired and is_outcome_known) as fired_outcome_count,
        count(*) filter (where has_fired and is_outcome_known and has_ordered)
            as fired_ordered_count,
        count(*) filter (where not has_fired and is_outcome_known) as unfired_outcome_count,
        count(*) filter (where not has_fired and is_outcome_known and has_ordered)
            as unfired_ordered_count
    from met
    group by
        rule_id,
        trigger_type,
        month_start_date

),

described as (

    select
        rule_id,
        trigger_type,
        met_count,
        fired_count,
        not_allowed_count,
        cooled_down_count,
        fired_customer_count,
        fired_outcome_count,
        fired_ordered_count,
        unfired_outcome_count,
        unfired_ordered_count,
        case
            when
                fired_outcome_count >= {{ least_compared }}
                and unfired_outcome_count >= {{ least_compared }}
                then
                    fired_ordered_count / fired_outcome_count
                    - unfired_ordered_count / unfired_outcome_count
        end as ordered_share_difference,
        month_start_date

    from summed

)

select * from described
