-- Grain: one row per stay of one lead, opportunity or ticket in one step of its process.
with

agents as (

    select * from {{ ref('dim_agents') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

status_events as (

    select
        ticket_id,
        value as step,
        previous_value,
        event_at,
        ticket_event_id
    from {{ ref('fct_ticket_events') }}
    where event_type = 'status' and value is not null

),

first_events as (

    select
        ticket_id,
        previous_value
    from status_events
    qualify row_number() over (
        partition by ticket_id
        order by event_at, ticket_event_id
    ) = 1

),

ticket_entries as (

    select
        tickets.ticket_id,
        coalesce(first_events.previous_value, 'new') as step,
        tickets.created_at as entered_at,
        '' as tie_break
    from tickets
    left join first_events
        on tickets.ticket_id = first_events.ticket_id
    where tickets.created_at is not null

    union all

    select
        status_events.ticket_id,
        status_events.step,
        status_events.event_at as entered_at,
        status_events.ticket_event_id as tie_break
    from status_events
    inner join tickets
        on status_events.ticket_id = tickets.ticket_id
    where status_events.event_at >= tickets.created_at

),

ticket_changes as (

    select
        *,
        lag(step) over (
            partition by ticket_id
            order by entered_at, tie_break
        ) as previous_step
    from ticket_entries

),

ticket_stays as (

    select
        ticket_id,
        step,
        entered_at,
        lead(entered_at) over (
            partition by ticket_id
            order by entered_at, tie_break
        ) as exited_at
    from ticket_changes
    where step is distinct from previous_step

),

stays as (

    select
        'lead' as process,
        history.lead_id as case_id,
        history.stage_name as step,
        agents.team as department,
        history.entered_at,
        history.exited_at,
        history.exited_at is null and not history.is_lost_undated as is_waiting
    from {{ ref('fct_lead_stage_history') }} as history
    left join agents
        on history.owner_id = agents.agent_id
    where not history.is_closed

    union all

    select
        'opportunity' as process,
        history.opportunity_id as case_id,
        history.stage_name as step,
        agents.team as department,
        history.entered_at,
        history.exited_at,
        history.exited_at is null as is_waiting
    from {{ ref('fct_opportunity_stage_history') }} as history
    left join agents
        on history.owner_id = agents.agent_id
    where not history.is_closed

    union all

    -- a ticket whose solving no event tells of left its last step when it says it was solved
    select
        'ticket' as process,
        ticket_stays.ticket_id as case_id,
        ticket_stays.step,
        tickets.group_name as department,
        ticket_stays.entered_at,
        coalesce(
            ticket_stays.exited_at,
            case when tickets.solved_at >= ticket_stays.entered_at then tickets.solved_at end
        ) as exited_at,
        ticket_stays.exited_at is null and not tickets.is_solved as is_waiting
    from ticket_stays
    inner join tickets
        on ticket_stays.ticket_id = tickets.ticket_id
    where ticket_stays.step not in ('solved', 'closed')

)

select
    process,
    case_id,
    step,
    department,
    row_number() over (
        partition by process, case_id, step
        order by entered_at
    ) as visit_index,
    entered_at,
    exited_at,
    is_waiting
from stays
