-- Grain: one row per stay of one lead in one stage.
with

spans as (

    select * from {{ ref('int_lead_stages__spans') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

described as (

    select
        {{ surrogate_key(['spans.lead_id', 'spans.stage_index']) }} as lead_stage_id,
        spans.lead_id,
        leads.customer_id,
        leads.owner_id,
        leads.campaign_id,
        leads.lead_source,
        spans.stage_index,
        spans.from_stage,
        spans.stage_name,
        spans.to_stage,
        spans.evidence,
        cast(spans.stage_order as integer) as stage_order,
        case
            when spans.exited_at is not null
                then epoch(spans.exited_at - spans.entered_at) / 86400
            -- one that begins later has not lasted yet
            when
                spans.stage_name not in ('converted', 'closed')
                and not leads.is_closed
                and spans.entered_at <= {{ as_of() }}
                then epoch({{ as_of() }} - spans.entered_at) / 86400
        end as days_in_stage,
        spans.exited_at is null as is_current,
        spans.stage_name in ('converted', 'closed') as is_closed,
        spans.stage_name = 'converted' as is_converted,
        spans.exited_at is null and spans.stage_name <> 'closed' and leads.is_closed
            as is_lost_undated,
        spans.entered_at,
        spans.exited_at,
        spans.known_at

    from spans

    inner join leads
        on spans.lead_id = leads.lead_id

)

select * from described
