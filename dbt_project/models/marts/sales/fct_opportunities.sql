-- Grain: one row per opportunity (deal).
with

opportunities as (

    select * from {{ ref('stg_opportunities') }}

),

-- who the opportunity is with, where it does not say so itself
primary_people as (

    select
        opportunity_id,
        min_by(contact_id, opportunity_contact_id) as contact_id
    from {{ ref('stg_opportunity_contacts') }}
    where is_primary
    group by opportunity_id

),

stages as (

    select * from {{ ref('int_stages__defined') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

with_stage as (

    select
        opportunities.* exclude (primary_contact_id),
        coalesce(opportunities.primary_contact_id, primary_people.contact_id)
            as primary_contact_id,
        stages.display_order as stage_order,
        coalesce(opportunities.probability, stages.probability) as stated_probability,
        coalesce(opportunities.is_closed, stages.is_closed, false)
        or coalesce(opportunities.is_won, stages.is_won, false) as is_closed_now,
        coalesce(opportunities.is_won, stages.is_won, false) as is_won_now
    from opportunities
    left join stages
        on
            coalesce(opportunities.pipeline, 'default') = stages.pipeline
            and opportunities.stage_name = stages.stage_name
    left join primary_people
        on opportunities.opportunity_id = primary_people.opportunity_id

),

dated as (

    select
        *,
        case
            when is_closed_now then coalesce(closed_at, cast(close_date as timestamp))
        end as closing_at
    from with_stage

),

described as (

    select
        dated.opportunity_id,
        coalesce(by_account.customer_id, by_contact.customer_id) as customer_id,
        by_contact.customer_id as contact_customer_id,
        {{ account_id('dated.account_id') }} as account_id,
        dated.primary_contact_id,
        dated.campaign_id,
        dated.product_id,
        {{ agent_id('dated.owner_id') }} as owner_id,
        dated.name,
        dated.type,
        dated.lead_source,
        coalesce(dated.pipeline, 'default') as pipeline,
        dated.stage_name,
        dated.stage_order,
        dated.forecast_category,
        dated.loss_reason,
        dated.currency,
        dated.amount,
        dated.expected_revenue,
        {{ to_base('dated.amount', 'dated.currency') }} as amount_base,
        {{ to_base('dated.expected_revenue', 'dated.currency') }} as expected_revenue_base,
        case
            when dated.is_won_now then 1
            when dated.is_closed_now then 0
            else dated.stated_probability
        end as probability,
        cast(
            date_diff('day', dated.created_at, coalesce(dated.closing_at, {{ as_of() }}))
            as bigint
        ) as age_days,
        dated.is_closed_now as is_closed,
        dated.is_won_now as is_won,
        dated.close_date,
        dated.created_at,
        dated.closing_at as closed_at,
        dated.source,
        dated.known_at

    from dated

    left join identifiers as by_account
        on 'account:' || dated.account_id = by_account.identifier

    left join identifiers as by_contact
        on 'contact:' || dated.primary_contact_id = by_contact.identifier

    -- an open opportunity is worth what it would be on the day it came in
    left join rates
        on
            dated.currency = rates.currency
            and cast(coalesce(dated.closing_at, dated.created_at) as date) = rates.day

    {{ join_account('dated.account_id') }}
    {{ join_agent('dated.owner_id') }}

)

select * from described
