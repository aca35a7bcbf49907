-- Grain: one row per browser and stretch of time in which it is one customer's.
with

web_events as (

    select * from {{ ref('stg_web_events') }}

),

stated_identifiers as (

    select * from {{ ref('stg_identifiers') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- a browser says nothing about itself: who logs in on it or leaves an address does
identifications as (

    select
        web_events.anonymous_id,
        coalesce(by_user.customer_id, by_email.customer_id) as customer_id,
        web_events.event_at as identified_at
    from web_events
    left join identifiers as by_user
        on web_events.user_id = by_user.identifier
    left join identifiers as by_email
        on 'email:' || web_events.email = by_email.identifier
    where
        web_events.anonymous_id is not null
        and not coalesce(web_events.is_bot, false)
        and coalesce(by_user.customer_id, by_email.customer_id) is not null

    union all

    select
        {{ stated_identifier('stated_identifiers') }} as anonymous_id,
        identifiers.customer_id,
        coalesce(stated_identifiers.first_seen_at, stated_identifiers.occurred_at)
            as identified_at
    from stated_identifiers
    inner join identifiers
        on stated_identifiers.person_ref = identifiers.identifier
    where
        stated_identifiers.id_type = 'anonymous_id'
        and coalesce(stated_identifiers.first_seen_at, stated_identifiers.occurred_at) is not null

),

with_change as (

    select
        *,
        case
            when
                lag(customer_id) over in_order = customer_id
                then 0
            else 1
        end as is_change
    from identifications
    window in_order as (
        partition by anonymous_id
        order by identified_at asc, customer_id asc
    )

),

with_turn as (

    select
        *,
        sum(is_change) over (
            partition by anonymous_id
            order by identified_at asc, customer_id asc
            rows between unbounded preceding and current row
        ) as turn_index
    from with_change

),

turns as (

    select
        anonymous_id,
        customer_id,
        turn_index,
        min(identified_at) as first_identified_at,
        max(identified_at) as last_identified_at
    from with_turn
    group by anonymous_id, customer_id, turn_index

),

with_neighbours as (

    select
        *,
        lag(last_identified_at) over in_order as previous_at,
        lead(first_identified_at) over in_order as next_at
    from turns
    window in_order as (
        partition by anonymous_id
        order by turn_index
    )

),

-- between two people the nearer identification counts; the moment halfway is nobody's
spans as (

    select
        anonymous_id,
        customer_id,
        turn_index,
        first_identified_at,
        last_identified_at,
        case
            when previous_at is null
                then
                    first_identified_at
                    - interval '{{ var("identification_look_back_days") }}' day
            else first_identified_at - (first_identified_at - previous_at) / 2
        end as owned_after,
        case
            when next_at is not null then last_identified_at + (next_at - last_identified_at) / 2
        end as owned_before
    from with_neighbours

)

select * from spans
