-- Grain: one row per opportunity that is not deleted.
with

states as (

    select
        *,
        case
            when
                status = 'open'
                and lag(status) over in_order = 'open'
                then date_diff('day', lag(close_date) over in_order, close_date)
        end as days_moved,
        status = 'open' and lag(status) over in_order <> 'open' as is_reopening
    from {{ ref('int_opportunity_states__spans') }}
    window in_order as (
        partition by opportunity_id
        order by state_index
    )

),

counted as (

    select
        opportunity_id,
        arg_max(pipeline, state_index) as pipeline,
        arg_max(status, state_index) as status,
        min(valid_from) as created_at,
        count(*) filter (where days_moved > 0) as push_count,
        count(*) filter (where days_moved < 0) as pull_count,
        count(*) filter (where is_reopening) as reopened_count,
        coalesce(sum(days_moved) filter (where days_moved > 0), 0) as days_pushed,
        coalesce(-sum(days_moved) filter (where days_moved < 0), 0) as days_pulled,
        arg_min(close_date, state_index) filter (
            where status = 'open' and close_date is not null
        ) as first_close_date,
        arg_max(close_date, state_index) filter (
            where status = 'open' and close_date is not null
        ) as current_close_date
    from states
    group by opportunity_id

),

newest as (

    select
        opportunity_id,
        owner_id,
        amount_base
    from states
    where valid_to is null

),

-- the first state of the present closing, not a later correction of the closed deal
closings as (

    select
        opportunity_id,
        min(valid_from) as closed_at
    from (
        select
            opportunity_id,
            status,
            valid_from,
            max(case when status not in ('won', 'lost') then state_index end) over (
                partition by opportunity_id
            ) as last_open_index,
            state_index
        from states
    ) as indexed
    where state_index > coalesce(last_open_index, 0)
    group by opportunity_id

),

slips as (

    select
        counted.opportunity_id,
        counted.pipeline,
        newest.owner_id,
        counted.status,
        newest.amount_base,
        counted.first_close_date,
        counted.current_close_date,
        cast(closings.closed_at as date) as closed_on,
        counted.push_count,
        counted.pull_count,
        counted.reopened_count,
        cast(counted.days_pushed as bigint) as days_pushed,
        cast(counted.days_pulled as bigint) as days_pulled,
        cast(counted.days_pushed - counted.days_pulled as bigint) as days_slipped,
        cast(
            date_diff('day', counted.first_close_date, cast(closings.closed_at as date)) as bigint
        ) as days_closed_late,
        counted.created_at

    from counted

    inner join newest
        on counted.opportunity_id = newest.opportunity_id

    left join closings
        on counted.opportunity_id = closings.opportunity_id

    where counted.status <> 'deleted'

)

select * from slips
