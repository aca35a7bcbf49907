-- Grain: one row per opportunity, field and moment; amounts in the base currency, owners known.
with

from_creation as (

    select * from {{ ref('int_opportunity_values__from_creation') }}

),

-- a history may name an owner with or without the namespace of its ids
with_types as (

    select
        *,
        case
            when field <> 'owner' then null
            when starts_with(field_value, owner_namespace || ':') then field_value
            else owner_namespace || ':' || field_value
        end as owner_ref,
        case when field = 'amount' then try_cast(field_value as decimal(18, 4)) end as amount,
        case
            when field = 'close_date' then cast(try_cast(field_value as timestamp) as date)
        end as day
    from from_creation

),

owner_refs as (

    select distinct owner_ref
    from with_types
    where owner_ref is not null

),

owners as (

    select
        named.owner_ref,
        {{ agent_id('named.owner_ref') }} as owner_id
    from owner_refs as named
    {{ join_agent('named.owner_ref') }}

),

in_base as (

    select
        stated.opportunity_id,
        case when stated.field = 'amount' then 'amount_base' else stated.field end as field,
        case stated.field
            when 'amount' then cast({{ to_base('stated.amount', 'stated.currency') }} as varchar)
            when 'close_date' then cast(stated.day as varchar)
            when 'owner' then owners.owner_id
            else nullif(stated.field_value, '')
        end as field_value,
        stated.valid_from,
        stated.known_at,
        stated.evidence

    from with_types as stated

    -- the rate of the day of creation, so that no exchange rate moves the pipeline
    left join {{ ref('int_fx_rates__daily') }} as rates
        on
            case when stated.field = 'amount' then stated.currency end = rates.currency
            and cast(stated.started_at as date) = rates.day

    left join owners
        on stated.owner_ref = owners.owner_ref

)

select * from in_base
