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

described as (

    select
        with_scale.survey_response_id,
        coalesce(identifiers.customer_id, tickets.customer_id) as customer_id,
        with_scale.ticket_id,
        with_scale.order_id,
        with_scale.conversation_id,
        coalesce({{ agent_id('with_scale.agent_id') }}, tickets.agent_id) as agent_id,
        with_scale.survey_type,
        with_scale.channel,
        with_scale.comment,
        case
            when with_scale.survey_type <> 'NPS' or with_scale.score is null then null
            when with_scale.score >= 9 then 'promoter'
            when with_scale.score >= 7 then 'passive'
            else 'detractor'
        end as nps_group,
        with_scale.lowest as scale_min,
        with_scale.highest as scale_max,
        with_scale.score,
        case
            when with_scale.highest > with_scale.lowest
                then
                    (with_scale.score - with_scale.lowest)
                    / (with_scale.highest - with_scale.lowest)
        end as normalized_score,
        case
            when with_scale.score is null then null
            when with_scale.survey_type = 'NPS' then with_scale.score >= 9
            when with_scale.survey_type = 'CES'
                then
                    with_scale.score - with_scale.lowest
                    >= (with_scale.highest - with_scale.lowest) * 2 / 3
            when with_scale.highest - with_scale.lowest >= 3
                then with_scale.score >= with_scale.highest - 1
            else with_scale.score = with_scale.highest
        end as is_satisfied,
        with_scale.score is not null as is_answered,
        with_scale.sent_at,
        with_scale.responded_at,
        with_scale.source,
        with_scale.known_at

    from with_scale

    left join identifiers
        on with_scale.person_ref = identifiers.identifier

    left join ticket_aliases
        on with_scale.ticket_id = ticket_aliases.alias

    left join tickets
        on ticket_aliases.ticket_id = tickets.ticket_id

    {{ join_agent('with_scale.agent_id') }}

)

select * from described
