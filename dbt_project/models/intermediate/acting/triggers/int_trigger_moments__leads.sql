-- Grain: one row per lead that marketing has qualified.
with

versions as (

    select * from {{ source('raw', 'lead') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

lead_status_map as (

    select * from {{ ref('lead_status_map') }}

),

touches as (

    select * from {{ ref('int_touches__first_known') }}

),

summed as (

    select
        versions.record_key as lead_id,
        min_by(versions.qualified_at, (versions.known_at, versions.position)) filter (
            where versions.qualified_at is not null
        ) as qualified_at,
        min(greatest(versions.known_at, versions.qualified_at)) filter (
            where versions.qualified_at is not null
        ) as known_from,
        min(greatest(versions.known_at, versions.first_responded_at)) filter (
            where versions.first_responded_at is not null
        ) as responded_known_at,
        min(versions.known_at) filter (
            where versions.converted_at is not null
            or versions.converted_contact_ref is not null
            or versions.converted_account_ref is not null
            or versions.converted_opportunity_ref is not null
            or lead_status_map.lead_state in ('converted', 'closed')
        ) as ended_known_at
    from versions
    left join lead_status_map
        on {{ letters_and_digits('versions.status') }} = lead_status_map.status_key
    where not versions.is_deleted and versions.merged_into_ref is null
    group by versions.record_key

),

moments as (

    select
        'nurture_email' as trigger_type,
        summed.lead_id as subject_id,
        leads.customer_id,
        cast(null as double) as value,
        summed.qualified_at as anchor_at,
        summed.known_from,
        -- somebody has taken the lead in hand, or it is over
        least(summed.responded_known_at, touches.touch_known_by, summed.ended_known_at) as ended_at

    from summed

    inner join leads
        on summed.lead_id = leads.lead_id

    asof left join touches
        on
            leads.customer_id = touches.customer_id
            and summed.qualified_at < touches.touched_at

    where
        summed.qualified_at is not null
        and leads.customer_id is not null

)

select * from moments
