-- Grain: one row per version of one opportunity that says something, deleted ones included.
-- Staging keeps neither deleted versions nor the columns that date a closing: both are read
-- here from raw, as int_versions__superseded does.
with

versions as (

    select
        *,
        is_deleted or merged_into_ref is not null as is_gone,
        row_number() over newest_first as newest_index
    from {{ source('raw', 'opportunity') }}
    window newest_first as (
        partition by record_key
        order by recorded_at desc nulls last, file desc, position desc, record_hash desc
    )

),

-- of several versions of one moment the last counts; a version without a time says something
-- only where it is the newest, and that one was deleted it can not tell from when
kept as (

    select *
    from versions
    where recorded_at is not null or (newest_index = 1 and not is_gone)
    qualify row_number() over (
        partition by record_key, recorded_at
        order by newest_index
    ) = 1

),

first_changes as (

    select
        opportunity_id,
        min(changed_at) as first_changed_at
    from {{ ref('stg_opportunity_history') }}
    group by opportunity_id

),

-- what the opportunity says of itself as a whole comes from the newest version that says it
with_whole as (

    select
        kept.record_key as opportunity_id,
        kept.newest_index,
        kept.newest_index = min(kept.newest_index) over of_opportunity as is_newest,
        kept.stage_name,
        kept.amount,
        kept.currency,
        kept.close_date,
        kept.owner_ref as owner_id,
        kept.forecast_category,
        kept.is_closed,
        kept.is_gone as is_deleted,
        -- what was there is told by a deletion of which nothing earlier is known, as in a first
        -- export with deleted records; a record merged away has the survivor's values
        not kept.is_gone or (kept.merged_into_ref is null and row_number() over oldest_first = 1)
            as tells_values,
        kept.closed_at,
        kept.recorded_at,
        coalesce(kept.recorded_at, kept.occurred_at) as known_at,
        lag(kept.recorded_at) over oldest_first as previous_recorded_at,
        coalesce(
            first_value(case when not kept.is_gone then kept.pipeline end ignore nulls)
                over of_opportunity,
            first_value(case when kept.merged_into_ref is null then kept.pipeline end ignore nulls)
                over of_opportunity,
            'default'
        ) as pipeline,
        coalesce(
            first_value(case when not kept.is_gone then kept.currency end ignore nulls)
                over of_opportunity,
            first_value(case when kept.merged_into_ref is null then kept.currency end ignore nulls)
                over of_opportunity
        ) as newest_currency,
        split_part(
            coalesce(
                first_value(kept.owner_ref ignore nulls) over of_opportunity, kept.record_key
            ),
            ':',
            1
        ) as owner_namespace,
        coalesce(
            first_value(kept.created_at ignore nulls) over of_opportunity,
            least(first_changes.first_changed_at, min(kept.recorded_at) over of_opportunity)
        ) as started_at

    from kept

    left join first_changes
        on kept.record_key = first_changes.opportunity_id

    window
        of_opportunity as (
            partition by kept.record_key
            order by kept.newest_index
            rows between unbounded preceding and unbounded following
        ),
        oldest_first as (
            partition by kept.record_key
            order by kept.newest_index desc
        )

)

select * from with_whole
