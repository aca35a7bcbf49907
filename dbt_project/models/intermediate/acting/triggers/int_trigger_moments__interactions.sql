-- Grain: one row per call that was answered, and per meeting.
with

superseded as (

    select
        record_key,
        min(known_at) as first_known_at
    from {{ ref('int_versions__superseded') }}
    where entity = 'interaction'
    group by record_key

),

interactions as (

    select
        interactions.*,
        least(interactions.known_at, superseded.first_known_at) as first_known_at
    from {{ ref('fct_interactions') }} as interactions
    left join superseded
        on interactions.interaction_id = superseded.record_key
    where
        interactions.customer_id is not null
        and interactions.interaction_type in ('call', 'meeting')
        and not interactions.is_bot

),

touches as (

    select * from {{ ref('int_touches__first_known') }}

),

calls as (

    select
        'post_call_document' as trigger_type,
        interactions.interaction_id as subject_id,
        interactions.customer_id,
        coalesce(interactions.talk_s, interactions.duration_s) as value,
        coalesce(interactions.ended_at, interactions.started_at) as anchor_at,
        interactions.first_known_at as known_from,
        -- whoever wrote after the call has sent the document, or knows why not
        touches.email_known_by as ended_at

    from interactions

    asof left join touches
        on
            interactions.customer_id = touches.customer_id
            and interactions.started_at < touches.touched_at

    where
        interactions.interaction_type = 'call'
        and interactions.direction <> 'internal'
        and (interactions.outcome = 'answered' or interactions.answered_at is not null)

),

meetings as (

    select
        'meeting_reminder' as trigger_type,
        interaction_id as subject_id,
        customer_id,
        duration_s as value,
        started_at as anchor_at,
        first_known_at as known_from,
        cast(null as timestamp) as ended_at
    from interactions
    where
        interaction_type = 'meeting'
        and coalesce(lower(outcome) not in ('canceled', 'cancelled', 'failed'), true)

),

unioned as (

    select * from calls

    union all

    select * from meetings

)

select * from unioned
