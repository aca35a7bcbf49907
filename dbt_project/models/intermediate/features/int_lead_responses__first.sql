-- Grain: one row per lead and as_of of int_leads__open to which a colleague had responded by then.
with

leads as (

    select
        lead_id,
        customer_id,
        created_at,
        as_of
    from {{ ref('int_leads__open') }}

),

responses as (

    select
        customer_id,
        occurred_at,
        known_from,
        known_to
    from {{ ref('int_interactions__known') }}
    where activity in ('email_outbound', 'message_outbound', 'call_outbound_answered')

),

first_responses as (

    select
        leads.lead_id,
        leads.as_of,

        min(responses.occurred_at) as first_responded_at

    from leads

    inner join responses
        on
            leads.customer_id = responses.customer_id
            and leads.created_at <= responses.occurred_at
            and leads.as_of >= responses.occurred_at
            and leads.as_of >= responses.known_from
            and coalesce(leads.as_of < responses.known_to, true)

    group by
        leads.lead_id,
        leads.as_of

)

select * from first_responses
