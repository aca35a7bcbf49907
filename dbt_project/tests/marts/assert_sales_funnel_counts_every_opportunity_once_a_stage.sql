-- Entries of opportunities in the funnel equal the distinct pairs of opportunity and stage.
with

funnel as (

    select sum(entered_count) as entries
    from {{ ref('sales_funnel') }}
    where record_type = 'opportunity'

),

history as (

    select count(*) as entries
    from (
        select distinct
            opportunity_id,
            stage_name
        from {{ ref('fct_opportunity_stage_history') }}
    ) as distinct_entries

)

select
    funnel.entries as funnel_entries,
    history.entries as history_entries

from funnel

cross join history

where coalesce(funnel.entries, 0) <> history.entries
