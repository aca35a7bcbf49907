-- Grain: one row per version of a stated campaign touch, with the time in which it was the
-- known one.
{{ config(materialized='view') }}

with

touches as (

    select * from {{ source('raw', 'campaign_touch') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'campaign_touch'

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

known as (

    select
        identifiers.customer_id,
        'campaign_touch' as activity,
        cast(null as decimal(18, 4)) as amount,
        touches.touched_at as occurred_at,
        touches.known_at as known_from,
        superseded.known_to

    from touches

    inner join identifiers
        on touches.person_ref = identifiers.identifier

    left join superseded
        on
            touches.record_key = superseded.record_key
            and touches.file = superseded.file
            and touches.position = superseded.position
            and touches.record_hash = superseded.record_hash
            and touches.known_at = superseded.known_at

    where
        touches.is_deleted = false
        and touches.merged_into_ref is null

)

select * from known
