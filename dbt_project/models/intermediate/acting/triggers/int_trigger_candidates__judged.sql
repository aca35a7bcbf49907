-- Grain: one row per rule and subject that met its condition, and whether we were allowed to act.
with

moments as (

    select * from {{ ref('int_trigger_moments__unioned') }}

),

rules as (

    select *
    from {{ ref('trigger_rules') }}
    where is_active

),

purposes as (

    select * from {{ ref('contact_purposes') }}

),

consents as (

    select * from {{ ref('int_consents__spans') }}

),

opt_outs as (

    select * from {{ ref('int_opt_outs__spans') }}

),

timed as (

    select
        rules.rule_id,
        rules.trigger_type,
        moments.subject_type,
        moments.subject_id,
        moments.customer_id,
        rules.purpose,
        rules.channel,
        rules.cool_down_days,
        moments.value,
        moments.anchor_at,
        moments.ended_at,
        -- what becomes known after its time fires when it becomes known, so that no later run
        -- ever adds a firing to the past
        greatest(
            moments.anchor_at + to_hours(rules.threshold_hours), moments.known_from
        ) as fired_at,
        moments.anchor_at + to_hours(rules.threshold_hours + rules.expires_after_hours)
            as expires_at
    from moments
    inner join rules
        on
            moments.trigger_type = rules.trigger_type
            and (rules.min_value is null or moments.value >= rules.min_value)

),

-- the first time counts: versions of one invoice are one subject
met as (

    select *
    from timed
    where
        fired_at < expires_at
        and fired_at <= {{ as_of() }}
        and coalesce(fired_at < ended_at, true)
    qualify row_number() over (
        partition by rule_id, subject_id
        order by fired_at asc, anchor_at asc, ended_at desc nulls first
    ) = 1

),

forbidden as (

    select distinct
        met.rule_id,
        met.subject_id
    from met
    inner join opt_outs
        on
            met.customer_id = opt_outs.customer_id
            and met.channel = opt_outs.channel
            and met.fired_at >= opt_outs.valid_from
            and coalesce(met.fired_at < opt_outs.valid_to, true)
    where {{ is_opted_out('opt_outs', 'met.purpose') }}

),

asked as (

    select
        met.*,
        case when coalesce(met.fired_at < consents.valid_to, true) then consents.is_granted end
            as is_granted
    from met
    asof left join consents
        on
            met.customer_id = consents.customer_id
            and met.purpose = consents.purpose
            and met.channel = consents.channel
            and met.fired_at >= consents.valid_from

),

judged as (

    select
        {{ surrogate_key(['asked.rule_id', 'asked.subject_id']) }} as trigger_key,
        asked.*,
        case
            when forbidden.subject_id is not null then 'opted_out'
            when not asked.is_granted then 'denied'
            when asked.is_granted then 'granted'
            when purposes.needs_grant then 'no_consent'
            else 'not_denied'
        end as permission

    from asked

    inner join purposes
        on asked.purpose = purposes.purpose

    left join forbidden
        on
            asked.rule_id = forbidden.rule_id
            and asked.subject_id = forbidden.subject_id

)

select * from judged
