-- Grain: one row per firing: an allowed candidate outside the cool-down of the firing before.
with recursive

candidates as (

    select * from {{ ref('int_trigger_candidates__judged') }}

),

allowed as (

    select *
    from candidates
    where permission in ('granted', 'not_denied')

),

-- of several at the same moment one can fire
spaced_candidates as (

    select *
    from allowed
    where cool_down_days > 0
    qualify row_number() over (
        partition by rule_id, customer_id, fired_at
        order by subject_id
    ) = 1

),

followed as (

    select
        here.trigger_key,
        following.trigger_key as next_trigger_key,
        row_number() over (
            partition by here.rule_id, here.customer_id
            order by here.fired_at
        ) = 1 as is_first
    from spaced_candidates as here
    asof left join spaced_candidates as following
        on
            here.rule_id = following.rule_id
            and here.customer_id = following.customer_id
            and here.fired_at + to_days(here.cool_down_days) <= following.fired_at

),

chain as (

    select
        trigger_key,
        next_trigger_key
    from followed
    where is_first

    union all

    select
        followed.trigger_key,
        followed.next_trigger_key
    from chain
    inner join followed
        on chain.next_trigger_key = followed.trigger_key

),

firings as (

    select allowed.*
    from allowed
    left join chain
        on allowed.trigger_key = chain.trigger_key
    where
        allowed.cool_down_days = 0
        or chain.trigger_key is not null

)

select * from firings
