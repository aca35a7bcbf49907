-- Grain: one row per version of one opportunity, with the moment from which it holds.
with

kept as (

    select * from {{ ref('int_opportunity_versions__kept') }}

),

with_closing as (

    select
        kept.* exclude (is_closed),
        coalesce(kept.is_closed, stages.is_closed, stage_map.is_closed, false) as is_closed

    from kept

    left join {{ ref('int_stages__defined') }} as stages
        on
            kept.pipeline = stages.pipeline
            and kept.stage_name = stages.stage_name

    left join {{ ref('stage_map') }} as stage_map
        on {{ letters_and_digits('kept.stage_name') }} = stage_map.stage_key

    where kept.started_at is not null

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
        tells_values,
        started_at,
        recorded_at,
        case
            when recorded_at is null then coalesce(entered_at, closing_at, started_at)
            when
                closing_at <= recorded_at
                and (previous_recorded_at is null or closing_at > previous_recorded_at)
                then closing_at
            else recorded_at
        end as values_at,
        known_at

    from with_closing_at

)

select
    * exclude (recorded_at),
    case when is_deleted then coalesce(recorded_at, values_at) else values_at end as stated_at
from stated
