-- Grain: one row per customer, purpose, channel and time in which one decision was the last known.
with

decisions as (

    select * from {{ ref('int_consents__unioned') }}

),

-- a decision that reaches us after a newer one changes nothing; of two at once the no counts
in_force as (

    select *
    from decisions
    qualify decided_at >= max(decided_at) over (
        partition by customer_id, purpose, channel
        order by known_from asc, decided_at asc, is_granted desc, decision_id asc
        rows between unbounded preceding and current row
    )

),

spans as (

    select
        customer_id,
        purpose,
        channel,
        is_granted,
        decision_id,
        known_from as valid_from,
        lead(known_from) over (
            partition by customer_id, purpose, channel
            order by known_from asc, decided_at asc, is_granted desc, decision_id asc
        ) as replaced_at,
        expires_at
    from in_force

),

described as (

    select
        customer_id,
        purpose,
        channel,
        is_granted,
        decision_id,
        valid_from,
        -- a yes lapses on its last day, a no does not
        case when is_granted then least(replaced_at, expires_at) else replaced_at end as valid_to
    from spans

)

select *
from described
where coalesce(valid_to > valid_from, true)
