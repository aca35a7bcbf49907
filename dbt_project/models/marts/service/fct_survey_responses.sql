-- Grain: one row per survey sent to one person, answered or not.
with

survey_responses as (

    select * from {{ ref('stg_survey_responses') }}

),

ticket_aliases as (

    select * from {{ ref('int_tickets__aliased') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- the usual scales, for sources that do not state theirs
with_scale as (

    select
        survey_responses.*,
        coalesce(
            survey_responses.scale_min,
            case survey_responses.survey_type when 'NPS' then 0 else 1 end
        ) as lowest,
        coalesce(
            survey_responses.scale_max,
            case survey_responses.survey_type when 'NPS' then 10 when 'CES' then 7 else 5 end
        ) as highest
    from survey_responses

),

-- a 10 on a scale from 1 to 5 is of another scale, which nobody has stated
placed as (

    select
        *,
        case when score between lowest and highest then score end as score_on_scale
    from with_scale

),

described as (

    select
        placed.survey_response_id,
        coalesce(identifiers.customer_id, tickets.customer_id) as customer_id,
        placed.ticket_id,
        placed.order_id,
        placed.conversation_id,
        coalesce({{ agent_id('placed.agent_id') }}, tickets.agent_id) as agent_id,
        placed.survey_type,
        placed.channel,
        placed.comment,
        case
            when placed.survey_type <> 'NPS' or placed.score_on_scale is null then null
            when placed.score >= 9 then 'promoter'
            when placed.score >= 7 then 'passive'
            else 'detractor'
        end as nps_group,
        placed.lowest as scale_min,
        placed.highest as scale_max,
        placed.score,
        case
            when placed.highest > placed.lowest
                then
                    (placed.score_on_scale - placed.lowest)
                    / (placed.highest - placed.lowest)
        end as normalized_score,
        case
            when placed.score_on_scale is null then null
            when placed.survey_type = 'NPS' then placed.score >= 9
            when placed.survey_type = 'CES'
                then
                    placed.score - placed.lowest
                    >= (placed.highest - placed.lowest) * 2 / 3
            when placed.highest - placed.lowest >= 3
                then placed.score >= placed.highest - 1
            else placed.score = placed.highest
        end as is_satisfied,
        placed.score is not null as is_answered,
        placed.sent_at,
        placed.responded_at,
        placed.source,
        placed.known_at

    from placed

    left join identifiers
        on placed.person_ref = identifiers.identifier

    left join ticket_aliases
        on placed.ticket_id = ticket_aliases.alias

    left join tickets
        on ticket_aliases.ticket_id = tickets.ticket_id

    {{ join_agent('placed.agent_id') }}

)

select * from described
