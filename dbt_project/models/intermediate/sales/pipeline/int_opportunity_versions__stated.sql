-- Grain: one row per version of one opportunity, with the moment from which it holds.
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
        kept.closed_at,
        kept.recorded_at,
        coalesce(kept.recorded_at, kept.occurred_at) as known_at,
        lag(kept.recorded_at) over oldest_first as previous_recorded_at,
        coalesce(
            first_value(case when not kept.is_gone then kept.pipeline end ignore nulls)
                over of_opportunity,
            'default'
        ) as pipeline,
        first_value(case when not kept.is_gone then kept.currency end ignore nulls)
            over of_opportunity as newest_currency,
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

),

with_closing as (

    select
        with_whole.* exclude (is_closed),
        coalesce(with_whole.is_closed, stages.is_closed, stage_map.is_closed, false) as is_closed

    from with_whole

    left join {{ ref('int_stages__defined') }} as stages
        on
            with_whole.pipeline = stages.pipeline
            and with_whole.stage_name = stages.stage_name

    left join {{ ref('stage_map') }} as stage_map
        on {{ letters_and_digits('with_whole.stage_name') }} = stage_map.stage_key

    where with_whole.started_at is not null

),

with_previous as (

    select
        *,
        coalesce(
            lag(is_closed) over (
                partition by opportunity_id
                order by newest_index desc
            ),
            false
        ) as was_closed
    from with_closing

),

-- where the history knows the minute in which the version's stage began
stage_entries as (

    select
        with_previous.opportunity_id,
        with_previous.newest_index,
        max(stage_changes.changed_at) as entered_at

    from with_previous

    inner join {{ ref('stg_opportunity_history') }} as stage_changes
        on
            with_previous.opportunity_id = stage_changes.opportunity_id
            and stage_changes.field = 'stage'
            and with_previous.stage_name = stage_changes.new_value
            and (
                with_previous.previous_recorded_at is null
                or with_previous.previous_recorded_at < stage_changes.changed_at
            )
            and (
                with_previous.recorded_at is null
                or with_previous.recorded_at >= stage_changes.changed_at
            )

    group by with_previous.opportunity_id, with_previous.newest_index

),

with_closing_at as (

    select
        with_previous.*,
        stage_entries.entered_at,
        case
            when with_previous.is_closed and not with_previous.was_closed
                then coalesce(
                    stage_entries.entered_at,
                    with_previous.closed_at,
                    cast(with_previous.close_date as timestamp)
                )
        end as closing_at

    from with_previous

    left join stage_entries
        on
            with_previous.opportunity_id = stage_entries.opportunity_id
            and with_previous.newest_index = stage_entries.newest_index

),

-- a closing entered days late holds from the day of the closing, and the amount with it
stated as (

    select
        opportunity_id,
        newest_index,
        is_newest,
        pipeline,
        stage_name,
        amount,
        currency,
        newest_currency,
        close_date,
        owner_id,
        owner_namespace,
        forecast_category,
        is_closed,
        is_deleted,
        started_at,
        case
            when recorded_at is null then coalesce(entered_at, closing_at, started_at)
            when is_deleted then recorded_at
            when
                closing_at <= recorded_at
                and (previous_recorded_at is null or closing_at > previous_recorded_at)
                then closing_at
            else recorded_at
        end as stated_at,
        known_at

    from with_closing_at

)

select * from stated
