-- Grain: one row per colleague, business day and task of the plan for the days to come.
{% set planned_days = 5 %}

with

actions as (

    select *
    from {{ ref('next_actions') }}
    where agent_id is not null

),

agents as (

    select * from {{ ref('dim_agents') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

limits as (

    select * from {{ ref('agent_limits') }}

),

workdays as (

    select
        date_day,
        row_number() over (
            order by date_day
        ) - 1 as day_index
    from {{ ref('dim_dates') }}
    where
        is_business_day
        and date_day >= cast({{ as_of() }} as date)
        and date_day < cast({{ as_of() }} as date) + interval '30' day
    qualify day_index < {{ planned_days }}

),

-- a meeting has its day, nothing is done before it is due, and nobody is called before a lock ends
released as (

    select
        actions.*,
        limits.max_tasks_per_day,
        coalesce(
            (
                select min(workdays.day_index)
                from workdays
                where
                    workdays.date_day >= cast(
                        case
                            when actions.reason_code = 'meeting_ahead' then actions.due_at
                            else coalesce(actions.contact_after, actions.due_at)
                        end as date
                    )
            ),
            {{ planned_days }}
        ) as first_day_index
    from actions
    inner join agents
        on actions.agent_id = agents.agent_id
    inner join limits
        on
            case
                when agents.role in (select known.role from limits as known) then agents.role
                else 'other'
            end = limits.role

),

numbered as (

    select
        *,
        -- what is due goes by priority; what is not due yet has its own first day
        row_number() over (
            partition by agent_id
            order by
                first_day_index asc,
                priority asc,
                due_at asc,
                value_base desc nulls last,
                action_id asc
        ) - 1 as place
    from released

),

-- each task takes the first free place on or after its first day: its own number, pushed back
-- by the farthest that any task before it had to wait
placed as (

    select
        *,
        place + max(first_day_index * max_tasks_per_day - place) over (
            partition by agent_id
            order by place
            rows between unbounded preceding and current row
        ) as slot
    from numbered

),

described as (

    select
        placed.agent_id,
        workdays.date_day as task_date,
        cast(placed.slot % placed.max_tasks_per_day + 1 as bigint) as task_number,
        placed.action_id,
        placed.reason_code,
        placed.entity_type,
        placed.entity_id,
        placed.customer_id,
        customers.name as customer_name,
        placed.channel,
        placed.next_step,
        placed.priority,
        placed.overdue_days,
        placed.is_sla_breached,
        placed.due_at

    from placed

    inner join workdays
        on placed.slot // placed.max_tasks_per_day = workdays.day_index

    left join customers
        on placed.customer_id = customers.customer_id

)

select * from described
