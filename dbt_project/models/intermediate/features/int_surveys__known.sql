-- Grain: one row per version of an answered satisfaction survey, with the time in which it was
-- the known one.
{{ config(materialized='view') }}

with

surveys as (

    select
        *,
        -- the usual scale, for sources that do not state theirs
        coalesce(scale_min, 1) as lowest,
        coalesce(scale_max, 5) as highest
    from {{ source('raw', 'survey_response') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'survey_response'

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

requesters as (

    select * from {{ ref('int_ticket_requesters__first') }}

),

known as (

    select
        identifiers.customer_id,
        -- below the middle of its scale an answer is bad
        case
            when surveys.score * 2 < surveys.lowest + surveys.highest then 'csat_bad'
            else 'csat_good'
        end as activity,
        try_cast(
            (surveys.score - surveys.lowest) / (surveys.highest - surveys.lowest)
            as decimal(18, 4)
        ) as amount,
        surveys.responded_at as occurred_at,
        case
            when surveys.person_ref is null then greatest(surveys.known_at, requesters.known_at)
            else surveys.known_at
        end as known_from,
        superseded.known_to

    from surveys

    left join requesters
        on surveys.ticket_ref = requesters.ticket_id

    inner join identifiers
        on coalesce(surveys.person_ref, requesters.requester_ref) = identifiers.identifier

    left join superseded
        on
            surveys.record_key = superseded.record_key
            and surveys.file = superseded.file
            and surveys.position = superseded.position
            and surveys.record_hash = superseded.record_hash
            and surveys.known_at = superseded.known_at

    where
        surveys.survey_type = 'CSAT'
        -- one that lies outside of its scale is of another, which nobody has stated
        and surveys.score between surveys.lowest and surveys.highest
        and surveys.responded_at is not null
        and surveys.highest > surveys.lowest
        and surveys.is_deleted = false
        and surveys.merged_into_ref is null

)

select * from known
