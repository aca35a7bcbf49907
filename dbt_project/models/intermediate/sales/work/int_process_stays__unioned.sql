-- Grain: one row per stay of one lead, opportunity or ticket in one step of its process, by the
-- as_of.
with

agents as (

    select * from {{ ref('dim_agents') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

ticket_stays as (

    select * from {{ ref('int_ticket_statuses__spans') }}

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

),

numbered as (

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
    where entered_at < {{ as_of() }}

)

select * from numbered
