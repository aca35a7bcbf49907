-- Grain: one row per opportunity, field and moment at which the field got another value.
{%- set fields = [
    ('stage', 'stage_name'), ('amount', 'amount'), ('close_date', 'close_date'),
    ('owner', 'owner_id'), ('forecast_category', 'forecast_category'),
] %}

with

versions as (

    select * from {{ ref('int_opportunity_versions__stated') }}

),

opportunities as (

    select
        opportunity_id,
        pipeline,
        newest_currency as currency,
        owner_namespace,
        started_at
    from versions
    where is_newest

),

history as (

    select
        opportunity_id,
        opportunity_history_id,
        field,
        old_value,
        new_value,
        changed_at,
        known_at
    from {{ ref('stg_opportunity_history') }}
    where field in ('stage', 'amount', 'close_date', 'owner', 'forecast_category')

),

last_changes as (

    select
        opportunity_id,
        field,
        max(changed_at) as last_changed_at
    from history
    group by opportunity_id, field

),

version_values as (

    {% for field, column in fields -%}
        select
            opportunity_id,
            '{{ field }}' as field,
            cast({{ column }} as varchar) as field_value,
            -- an amount or owner held before the first record of it; a stage or day of closing
            -- that came with the closing did not, and a category moves with its stage
            {% if field in ('amount', 'owner') -%}
                cast({{ column }} as varchar)
            {%- elif field == 'forecast_category' -%}
                cast(null as varchar)
            {%- else -%}
                case when not is_closed then cast({{ column }} as varchar) end
            {%- endif %} as value_before,
            currency,
            stated_at,
            known_at
        from versions
        where not is_deleted
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

-- the history of a field beats versions, but for those younger than all of it
stated as (

    select
        version_values.opportunity_id,
        version_values.field,
        version_values.field_value,
        version_values.value_before,
        version_values.currency,
        version_values.stated_at,
        version_values.known_at,
        '' as tie_break,
        'version' as evidence
    from version_values
    left join last_changes
        on
            version_values.opportunity_id = last_changes.opportunity_id
            and version_values.field = last_changes.field
    where
        last_changes.last_changed_at is null
        or version_values.stated_at > last_changes.last_changed_at

    union all

    select
        history.opportunity_id,
        history.field,
        history.new_value as field_value,
        coalesce(
            history.old_value,
            case
                when history.field <> 'stage' or not coalesce(stages.is_closed, false)
                    then history.new_value
            end
        ) as value_before,
        opportunities.currency,
        history.changed_at as stated_at,
        history.known_at,
        history.opportunity_history_id as tie_break,
        'history' as evidence
    from history
    inner join opportunities
        on history.opportunity_id = opportunities.opportunity_id
    left join {{ ref('int_stages__defined') }} as stages
        on
            opportunities.pipeline = stages.pipeline
            and history.new_value = stages.stage_name

),

-- nothing happens to an opportunity before it was created
since_creation as (

    select
        stated.*,
        opportunities.started_at,
        opportunities.owner_namespace,
        greatest(stated.stated_at, opportunities.started_at) as valid_from
    from stated
    inner join opportunities
        on stated.opportunity_id = opportunities.opportunity_id
    qualify row_number() over (
        partition by
            stated.opportunity_id,
            stated.field,
            greatest(stated.stated_at, opportunities.started_at)
        order by stated.stated_at desc, stated.tie_break desc
    ) = 1

),

first_stated as (

    select *
    from since_creation
    qualify row_number() over (
        partition by opportunity_id, field
        order by valid_from
    ) = 1

),

from_creation_on as (

    select
        opportunity_id,
        field,
        field_value,
        currency,
        owner_namespace,
        started_at,
        valid_from,
        known_at,
        evidence
    from since_creation

    union all

    select
        opportunity_id,
        field,
        value_before as field_value,
        currency,
        owner_namespace,
        started_at,
        started_at as valid_from,
        known_at,
        'carried_back' as evidence
    from first_stated
    where valid_from > started_at

),

-- a record that changed another field repeats the value
with_one_before as (

    select
        *,
        row_number() over in_order = 1 as is_first,
        lag(field_value) over in_order as value_before,
        lag(currency) over in_order as currency_before
    from from_creation_on
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

),

unrepeated as (

    select *
    from with_one_before
    where
        is_first
        or field_value is distinct from value_before
        or currency is distinct from currency_before

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
    from unrepeated

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
            stated.field = 'amount'
            and stated.currency = rates.currency
            and cast(stated.started_at as date) = rates.day

    left join owners
        on stated.owner_ref = owners.owner_ref

),

presence as (

    select
        opportunity_id,
        'is_deleted' as field,
        cast(is_deleted as varchar) as field_value,
        greatest(stated_at, started_at) as valid_from,
        known_at,
        'version' as evidence,
        newest_index
    from versions
    -- what a version that was there says is said by the creation, unless it was gone before
    qualify
        is_deleted
        or lag(is_deleted) over (
            partition by opportunity_id
            order by newest_index desc
        )

    union all

    select
        opportunity_id,
        'is_deleted' as field,
        'false' as field_value,
        started_at as valid_from,
        started_at as known_at,
        'carried_back' as evidence,
        null as newest_index
    from opportunities

),

-- a deletion in the very moment of creation beats the creation
presence_by_moment as (

    select * exclude (newest_index)
    from presence
    qualify row_number() over (
        partition by opportunity_id, valid_from
        order by newest_index nulls last
    ) = 1

),

up_to_as_of as (

    select *
    from in_base
    where valid_from < {{ as_of() }}

    union all by name

    select *
    from presence_by_moment
    where valid_from < {{ as_of() }}

),

with_previous as (

    select
        *,
        lag(field_value) over in_order as old_value,
        row_number() over in_order = 1 as is_first
    from up_to_as_of
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

),

-- two names of one owner, or two currencies with one amount, are no change
changes as (

    select
        {{ surrogate_key(['opportunity_id', 'field', 'valid_from']) }} as opportunity_change_id,
        opportunity_id,
        field,
        row_number() over in_order as change_index,
        old_value,
        field_value as new_value,
        evidence,
        valid_from,
        lead(valid_from) over in_order as valid_to,
        known_at
    from with_previous
    where is_first or field_value is distinct from old_value
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

)

select * from changes
