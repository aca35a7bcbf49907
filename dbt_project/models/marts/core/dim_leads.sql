-- Grain: one row per lead as one source knows it.
with

leads as (

    select * from {{ ref('stg_leads') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

lead_status_map as (

    select * from {{ ref('lead_status_map') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

with_state as (

    select
        leads.*,
        case
            when
                coalesce(
                    leads.converted_contact_id,
                    leads.converted_account_id,
                    leads.converted_opportunity_id
                ) is not null
                or leads.converted_at is not null
                then 'converted'
            else coalesce(lead_status_map.lead_state, 'open')
        end as lead_state
    from leads
    left join lead_status_map
        on {{ letters_and_digits('leads.status') }} = lead_status_map.status_key

),

described as (

    select
        with_state.lead_id,
        identifiers.customer_id,
        with_state.campaign_id,
        {{ agent_id('with_state.owner_id') }} as owner_id,
        with_state.converted_contact_id,
        {{ account_id('with_state.converted_account_id') }} as converted_account_id,
        with_state.converted_opportunity_id,
        with_state.first_name,
        with_state.last_name,
        with_state.email,
        with_state.phone,
        with_state.company,
        with_state.title,
        {{ title_level('with_state.title') }} as title_level,
        with_state.industry,
        with_state.country_code,
        with_state.status,
        with_state.lead_state,
        with_state.rating,
        with_state.lead_source,
        with_state.number_of_employees,
        with_state.annual_revenue,
        with_state.currency,
        {{ to_base('with_state.annual_revenue', 'with_state.currency') }} as annual_revenue_base,
        with_state.lead_state = 'converted' as is_converted,
        with_state.lead_state = 'closed' as is_closed,
        with_state.qualified_at is not null
        or with_state.lead_state in ('qualified', 'converted') as is_qualified,
        with_state.is_unread_by_owner,
        with_state.created_at,
        with_state.first_responded_at,
        with_state.qualified_at,
        with_state.converted_at,
        with_state.source,
        with_state.known_at

    from with_state

    left join identifiers
        on 'lead:' || with_state.lead_id = identifiers.identifier

    left join rates
        on
            with_state.currency = rates.currency
            and cast(with_state.created_at as date) = rates.day

    {{ join_account('with_state.converted_account_id') }}
    {{ join_agent('with_state.owner_id') }}

)

select * from described
