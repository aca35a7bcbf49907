-- Grain: one row per customer, activity and steps of the as_of grid that it counts at.
-- Ten million interactions times 25 as_ofs need not meet: a row counts at every step k with
-- until_step < k <= from_step, so events that count at the same steps are added up first, and
-- only these few groups per customer and month are spread over the grid.
-- Steps count backwards from the newest as_of, 30 days each: step 0 is the newest.
{% set step_us = 30 * 86400 * 1000000 %}
{% set activities = [
    'int_interactions__known', 'int_web_activity__known', 'int_email_events__known',
    'int_campaign_touches__known', 'int_orders__known', 'int_tickets__known',
    'int_surveys__known',
] %}

with

newest as (

    select as_of
    from {{ ref('int_as_ofs__spaced') }}
    where step = 0

),

activities as (

    {% for activity in activities -%}
        select
            customer_id,
            activity,
            amount,
            occurred_at,
            known_from,
            known_to
        from {{ ref(activity) }}

        union all

    {% endfor -%}
    select
        customer_id,
        'campaign_touch' as activity,
        amount,
        occurred_at,
        known_from,
        known_to
    from {{ ref('int_email_events__known') }}
    where is_campaign_touch

),

stepped as (

    select
        activities.customer_id,
        activities.activity,
        activities.amount,
        activities.occurred_at,
        -- the oldest step it counts at: known by then, and it has happened
        floor(
            (
                epoch_us(newest.as_of)
                - epoch_us(greatest(activities.known_from, activities.occurred_at))
            ) / {{ step_us }}.0
        ) as from_step,
        -- the newest step at which it counts no more, because a later version is known by then
        coalesce(
            floor((epoch_us(newest.as_of) - epoch_us(activities.known_to)) / {{ step_us }}.0),
            -1
        ) as until_step,
        floor((epoch_us(newest.as_of) - epoch_us(activities.occurred_at)) / {{ step_us }}.0)
            as occurred_step,
        floor(
            (epoch_us(newest.as_of) - epoch_us(activities.occurred_at + interval '365' day))
            / {{ step_us }}.0
        ) as year_step

    from activities

    cross join newest

),

clamped as (

    select
        customer_id,
        activity,
        amount,
        occurred_at,
        cast(least(from_step, 24) as integer) as from_step,
        cast(greatest(until_step, -1) as integer) as until_step,
        -- an event that many steps before the oldest is in no window of any step
        cast(least(occurred_step, 28) as integer) as occurred_step,
        cast(greatest(least(year_step, 24), -1) as integer) as year_step

    from stepped

    where
        from_step >= 0
        and until_step < least(from_step, 24)

),

bucketed as (

    select
        customer_id,
        activity,
        from_step,
        until_step,
        occurred_step,
        year_step,

        count(*) as activity_count,
        sum(amount) as amount,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at

    from clamped

    group by
        customer_id,
        activity,
        from_step,
        until_step,
        occurred_step,
        year_step

)

select * from bucketed
