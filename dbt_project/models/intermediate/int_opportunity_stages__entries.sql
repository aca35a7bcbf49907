-- Grain: one row per statement that an opportunity was in a stage since a moment.
with

opportunities as (

    select * from {{ ref('stg_opportunities') }}

),

opportunity_history as (

    select * from {{ ref('stg_opportunity_history') }}

),

opportunity_versions as (

    select * from {{ ref('stg_opportunity_versions') }}

),

stage_changes as (

    select
        opportunity_id,
        opportunity_history_id,
        old_value,
        new_value,
        changed_at,
        known_at
    from opportunity_history
    where field = 'stage'

),

first_changes as (

    select *
    from stage_changes
    qualify row_number() over (
        partition by opportunity_id
        order by changed_at, opportunity_history_id
    ) = 1

),

last_changes as (

    select
        opportunity_id,
        max(changed_at) as last_changed_at
    from stage_changes
    group by opportunity_id

),

-- the best evidence an opportunity has: its history, and versions younger than all of it; else its
-- versions, else itself
entries as (

    select
        opportunity_id,
        new_value as stage_name,
        changed_at as entered_at,
        known_at,
        opportunity_history_id as tie_break,
        'history' as evidence
    from stage_changes
    where new_value is not null

    union all

    select
        opportunities.opportunity_id,
        first_changes.old_value as stage_name,
        opportunities.created_at as entered_at,
        opportunities.created_at as known_at,
        '' as tie_break,
        'history' as evidence
    from first_changes
    inner join opportunities
        on first_changes.opportunity_id = opportunities.opportunity_id
    where
        first_changes.old_value is not null
        and opportunities.created_at < first_changes.changed_at

    union all

    select
        opportunity_versions.opportunity_id,
        opportunity_versions.stage_name,
        opportunity_versions.recorded_at as entered_at,
        opportunity_versions.known_at,
        opportunity_versions.record_hash as tie_break,
        'versions' as evidence
    from opportunity_versions
    left join last_changes
        on opportunity_versions.opportunity_id = last_changes.opportunity_id
    where
        opportunity_versions.recorded_at > last_changes.last_changed_at
        or (
            last_changes.opportunity_id is null
            and opportunity_versions.version_count > 1
            and opportunity_versions.recorded_at is not null
        )

    union all

    select
        opportunities.opportunity_id,
        opportunities.stage_name,
        case
            when opportunities.is_closed
                then coalesce(
                    opportunities.closed_at,
                    cast(opportunities.close_date as timestamp),
                    opportunities.created_at
                )
            else opportunities.created_at
        end as entered_at,
        opportunities.known_at,
        '' as tie_break,
        'opportunity' as evidence
    from opportunities
    left join first_changes
        on opportunities.opportunity_id = first_changes.opportunity_id
    left join opportunity_versions
        on
            opportunities.opportunity_id = opportunity_versions.opportunity_id
            and opportunity_versions.version_count > 1
            and opportunity_versions.recorded_at is not null
    where
        first_changes.opportunity_id is null
        and opportunity_versions.opportunity_id is null

)

select * from entries
