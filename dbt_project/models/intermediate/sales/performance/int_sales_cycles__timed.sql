-- Grain: one row per opportunity, dimension and value that it has of it.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

stage_history as (

    select * from {{ ref('fct_opportunity_stage_history') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

described as (

    select
        opportunities.opportunity_id,
        'all' as company,
        opportunities.pipeline,
        opportunities.product_id as product,
        products.name as product_name,
        opportunities.lead_source,
        accounts.industry as account_industry,
        {{ company_size('accounts.number_of_employees') }} as account_segment,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.created_at,
        case
            when opportunities.is_closed then opportunities.closed_at else {{ as_of() }}
        end as ended_at,
        concat_ws(
            ' | ',
            coalesce(opportunities.product_id, 'unknown'),
            coalesce({{ company_size('accounts.number_of_employees') }}, 'unknown'),
            coalesce(opportunities.lead_source, 'unknown')
        ) as product_segment_source

    from opportunities

    left join accounts
        on opportunities.account_id = accounts.account_id

    left join products
        on opportunities.product_id = products.product_id

),

stages_reached as (

    select
        opportunity_id,
        stage_name,
        min(entered_at) as entered_at,
        sum(cast(days_in_stage as decimal(18, 6))) as days_in_stage
    from stage_history
    where not is_closed
    group by opportunity_id, stage_name

),

valued as (

    {% for dimension in [
        'company', 'pipeline', 'product', 'lead_source', 'account_industry', 'account_segment',
        'product_segment_source',
    ] -%}
        select
            '{{ dimension }}' as dimension,
            {{ dimension }} as dimension_value,
            {{ 'product_name' if dimension == 'product' else dimension }} as dimension_label,
            opportunity_id,
            is_closed,
            is_won,
            created_at as started_at,
            ended_at,
            cast(null as decimal(18, 6)) as days_in_stage
        from described

        union all
    {% endfor %}
    select
        'stage' as dimension,
        stages_reached.stage_name as dimension_value,
        stages_reached.stage_name as dimension_label,
        described.opportunity_id,
        described.is_closed,
        described.is_won,
        stages_reached.entered_at as started_at,
        described.ended_at,
        stages_reached.days_in_stage
    from stages_reached
    inner join described
        on stages_reached.opportunity_id = described.opportunity_id

),

timed as (

    select
        *,
        -- a source that states only the day of closing puts it before the hour of creation
        case
            when cast(ended_at as date) >= cast(started_at as date)
                then cast(greatest(epoch(ended_at - started_at), 0) / 86400 as decimal(18, 6))
        end as days
    from valued

)

select * from timed
