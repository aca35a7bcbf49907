-- Grain: one row per lead and as_of at which it was known, at most 90 days old, and open.
with

leads as (

    select * from {{ ref('int_leads__known') }}

),

as_ofs as (

    select * from {{ ref('int_as_ofs__spaced') }}

),

open as (

    select
        leads.*,
        as_ofs.step,
        as_ofs.as_of

    from leads

    inner join as_ofs
        on
            leads.known_from <= as_ofs.as_of
            and leads.created_at <= as_ofs.as_of
            and leads.created_at > as_ofs.as_of - interval '90' day
            and coalesce(leads.known_to > as_ofs.as_of, true)
            and coalesce(leads.converted_at > as_ofs.as_of, true)
            and coalesce(leads.closed_at > as_ofs.as_of, true)

)

select * from open
