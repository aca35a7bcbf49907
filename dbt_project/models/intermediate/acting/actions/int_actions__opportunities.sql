-- Grain: one row per open opportunity and reason to do something about it.
with

opportunities as (

    select *
    from {{ ref('fct_opportunities') }}
    where not is_closed

),

current_stages as (

    select * from {{ ref('fct_opportunity_stage_history') }}
    where is_current

),

playbook as (

    select * from {{ ref('playbook') }}

),

last_touches as (

    select * from {{ ref('int_opportunities__last_touched') }}

),

entered as (

    select
        opportunity_id,
        max(entered_at) as entered_at
    from current_stages
    group by opportunity_id

),

-- the line of the opportunity's own pipeline goes before the line of all
with_step as (

    select
        opportunities.*,
        coalesce(entered.entered_at, opportunities.created_at) as stage_entered_at,
        playbook.next_step,
        playbook.max_days,
        last_touches.last_touched_at

    from opportunities

    left join entered
        on opportunities.opportunity_id = entered.opportunity_id

    left join playbook
        on
            {{ letters_and_digits('opportunities.stage_name') }} = playbook.stage_key
            and playbook.pipeline in (opportunities.pipeline, '*')

    left join last_touches
        on opportunities.opportunity_id = last_touches.opportunity_id

    qualify row_number() over (
        partition by opportunities.opportunity_id
        order by playbook.pipeline = '*' nulls last
    ) = 1

),

unioned as (

    select
        'opportunity_next_step' as reason_code,
        *,
        stage_entered_at + to_days(max_days) as anchor_at
    from with_step
    where max_days is not null

    union all

    select
        'close_date_passed' as reason_code,
        *,
        cast(close_date as timestamp) as anchor_at
    from with_step
    where close_date is not null

    union all

    select
        'opportunity_silent' as reason_code,
        *,
        greatest(created_at, last_touched_at) as anchor_at
    from with_step

),

described as (

    select
        reason_code,
        'opportunity' as entity_type,
        opportunity_id as entity_id,
        customer_id,
        coalesce(contact_customer_id, customer_id) as contact_customer_id,
        owner_id as agent_id,
        next_step,
        amount_base as value_base,
        anchor_at
    from unioned

)

select * from described
