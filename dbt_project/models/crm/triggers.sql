-- Grain: one row per firing: a rule met by one subject of one customer, once for all time.
with

firings as (

    select * from {{ ref('int_trigger_firings__spaced') }}

),

rules as (

    select * from {{ ref('trigger_rules') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

permissions as (

    select * from {{ ref('int_permissions__current') }}

),

locks as (

    select * from {{ ref('contact_lock') }}

),

-- the best channel that the purpose may use now
preferred as (

    select
        preference.customer_id,
        permissions.purpose,
        min_by(preference.channel, preference.preference_rank) as channel
    from {{ ref('channel_preference') }} as preference
    inner join permissions
        on
            preference.customer_id = permissions.customer_id
            and preference.channel = permissions.channel
    where
        permissions.is_allowed
        and preference.preference_rank is not null
    group by
        preference.customer_id,
        permissions.purpose

),

judged as (

    select
        firings.*,
        preferred.channel as preferred_channel,
        rules.priority,
        rules.respects_contact_lock,
        rules.template_id,
        case when rules.respects_contact_lock then locks.cool_off_until end as contact_after,
        case
            when firings.ended_at <= {{ as_of() }} then 'ended'
            when firings.expires_at <= {{ as_of() }} then 'expired'
            when not coalesce(permissions.is_allowed, false) then 'forbidden'
            when rules.respects_contact_lock and locks.customer_id is not null then 'locked'
            else 'due'
        end as condition

    from firings

    inner join rules
        on firings.rule_id = rules.rule_id

    -- who was forgotten is not acted upon
    inner join customers
        on firings.customer_id = customers.customer_id

    left join permissions
        on
            firings.customer_id = permissions.customer_id
            and firings.purpose = permissions.purpose
            and firings.channel = permissions.channel

    left join preferred
        on
            firings.customer_id = preferred.customer_id
            and firings.purpose = preferred.purpose

    left join locks
        on firings.customer_id = locks.customer_id

),

-- unasked, a customer hears from us once at a time: the most urgent first
described as (

    select
        trigger_key,
        rule_id,
        trigger_type,
        customer_id,
        subject_type,
        subject_id,
        case
            when condition <> 'due' or not respects_contact_lock then condition
            when row_number() over (
                partition by customer_id, condition, respects_contact_lock
                order by priority, fired_at, trigger_key
            ) > 1 then 'held'
            else 'due'
        end as status,
        purpose,
        permission,
        channel,
        preferred_channel,
        template_id,
        priority,
        value,
        respects_contact_lock,
        anchor_at,
        fired_at,
        contact_after,
        expires_at,
        case when ended_at <= {{ as_of() }} then ended_at end as ended_at

    from judged

)

select * from described
