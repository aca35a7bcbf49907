-- Grain: one row per version of a lead, with the time in which it was the known one.
with

leads as (

    select * from {{ source('raw', 'lead') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'lead'

),

states as (

    select * from {{ ref('lead_status_map') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

known as (

    select
        leads.record_key as lead_id,
        identifiers.customer_id,
        leads.email,
        leads.phone,
        leads.title,
        leads.industry,
        leads.country_code,
        leads.lead_source,
        leads.number_of_employees,
        leads.first_responded_at,
        coalesce(leads.created_at, leads.known_at) as created_at,
        case
            when leads.converted_at is not null then leads.converted_at
            when
                states.lead_state = 'converted'
                or leads.converted_opportunity_ref is not null
                or leads.converted_contact_ref is not null
                or leads.converted_account_ref is not null
                then leads.known_at
        end as converted_at,
        -- Without the time of the change nobody knows since when the lead is closed: calling it
        -- closed from its creation would drop the leads that failed, and only those.
        case when states.lead_state = 'closed' then leads.recorded_at end as closed_at,
        leads.known_at as known_from,
        superseded.known_to

    from leads

    left join identifiers
        on 'lead:' || leads.record_key = identifiers.identifier

    left join states
        on {{ letters_and_digits('leads.status') }} = states.status_key

    left join superseded
        on
            leads.record_key = superseded.record_key
            and leads.file = superseded.file
            and leads.position = superseded.position
            and leads.record_hash = superseded.record_hash
            and leads.known_at = superseded.known_at

    where
        leads.is_deleted = false
        and leads.merged_into_ref is null

)

select * from known
