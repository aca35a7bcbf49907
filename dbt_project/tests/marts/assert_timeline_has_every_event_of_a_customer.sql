-- Rows of the timeline by model equal the rows of the model that have a customer.
with

here as (

    select
        source_model,
        count(*) as row_count
    from {{ ref('customer_timeline') }}
    group by source_model

),

there as (

    select
        'fct_interactions' as source_model,
        count(*) as row_count
    from {{ ref('fct_interactions') }}
    where customer_id is not null and interaction_type <> 'web_session'

    union all

    select
        'fct_web_sessions' as source_model,
        count(*) as row_count
    from {{ ref('fct_web_sessions') }}
    where customer_id is not null and not is_bot

    union all

    select
        'fct_campaign_touches' as source_model,
        count(*) as row_count
    from {{ ref('fct_campaign_touches') }}
    where
        customer_id is not null
        and touch_id not in (
            select sessions.session_id
            from {{ ref('fct_web_sessions') }} as sessions
        )

    union all

    select
        'fct_survey_responses' as source_model,
        count(*) as row_count
    from {{ ref('fct_survey_responses') }}
    where customer_id is not null and coalesce(responded_at, sent_at, known_at) is not null

    {% for model in ['fct_orders', 'fct_ticket_events', 'fct_opportunity_stage_history'] %}
        union all

        select
            '{{ model }}' as source_model,
            count(*) as row_count
        from {{ ref(model) }}
        where customer_id is not null
    {% endfor %}
)

select
    there.source_model,
    there.row_count as expected_rows,
    coalesce(here.row_count, 0) as timeline_rows

from there

left join here
    on there.source_model = here.source_model

where there.row_count <> coalesce(here.row_count, 0)
