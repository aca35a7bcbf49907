-- Grain: one row per lead and version that tells of another stage than the version before.
with

versions as (

    select * from {{ source('raw', 'lead') }}

),

staged as (

    select
        versions.record_key as lead_id,
        versions.recorded_at,
        coalesce(versions.recorded_at, versions.occurred_at) as known_at,
        case
            when
                coalesce(
                    versions.converted_contact_ref,
                    versions.converted_account_ref,
                    versions.converted_opportunity_ref
                ) is not null
                or versions.converted_at is not null
                then 'converted'
            else case lead_status_map.lead_state
                when 'open' then 'new'
                when 'working' then 'contacted'
                else lead_status_map.lead_state
            end
        end as stage_name,
        row_number() over (
            partition by versions.record_key
            order by
                versions.recorded_at,
                versions.file,
                versions.position,
                versions.record_hash
        ) as version_index

    from versions

    left join {{ ref('lead_status_map') }} as lead_status_map
        on {{ letters_and_digits('versions.status') }} = lead_status_map.status_key

    where
        not versions.is_deleted
        and versions.merged_into_ref is null
        and versions.recorded_at is not null

),

-- a status that no map knows tells nothing
with_previous as (

    select
        *,
        lag(stage_name) over (
            partition by lead_id
            order by version_index
        ) as previous_stage_name
    from staged
    where stage_name is not null

),

numbered as (

    select
        lead_id,
        stage_name,
        row_number() over (
            partition by lead_id, stage_name
            order by version_index
        ) as entry_index,
        recorded_at,
        known_at
    from with_previous
    where stage_name is distinct from previous_stage_name

)

select * from numbered
