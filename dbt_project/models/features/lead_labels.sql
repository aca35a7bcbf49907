-- Grain: one row per row of lead_features whose next 90 days have passed.
with

leads as (

    select
        lead_id,
        as_of
    from {{ ref('int_leads__open') }}

),

newest as (

    select as_of
    from {{ ref('int_as_ofs__spaced') }}
    where step = 0

),

outcomes as (

    -- what is known of the lead at the newest as_of; a lead that its source has deleted or
    -- merged away since has no version then, hence no known outcome and no label
    select
        leads_known.lead_id,
        leads_known.converted_at

    from {{ ref('int_leads__known') }} as leads_known

    inner join newest
        on
            leads_known.known_from <= newest.as_of
            and coalesce(leads_known.known_to > newest.as_of, true)

),

labels as (

    select
        leads.lead_id,
        leads.as_of,
        coalesce(
            outcomes.converted_at > leads.as_of
            and outcomes.converted_at <= leads.as_of + interval '90' day,
            false
        ) as is_converted

    from leads

    inner join newest
        on leads.as_of + interval '90' day <= newest.as_of

    inner join outcomes
        on leads.lead_id = outcomes.lead_id

)

select * from labels
