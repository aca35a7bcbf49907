-- Grain: one row per opportunity, field and moment at which the field got another value.
with

changes as (

    select * from {{ ref('int_opportunity_changes') }}

),

opportunities as (

    select
        opportunity_id,
        pipeline
    from {{ ref('int_opportunity_versions__stated') }}
    where is_newest

),

described as (

    select
        changes.opportunity_change_id,
        changes.opportunity_id,
        opportunities.pipeline,
        changes.field,
        changes.change_index,
        changes.old_value,
        changes.new_value,
        case
            when changes.field = 'amount_base'
                then
                    try_cast(changes.new_value as decimal(18, 4))
                    - try_cast(changes.old_value as decimal(18, 4))
        end as amount_change_base,
        case
            when changes.field = 'close_date'
                then date_diff(
                    'day', cast(changes.old_value as date), cast(changes.new_value as date)
                )
        end as days_moved,
        changes.evidence,
        changes.valid_from,
        changes.valid_to,
        changes.known_at

    from changes

    inner join opportunities
        on changes.opportunity_id = opportunities.opportunity_id

)

select * from described
