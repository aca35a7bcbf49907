-- Grain: one row per article that an opportunity names, itself or on one of its lines.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

opportunity_lines as (

    select
        *,
        {{ article('opportunity_lines') }} as article_id
    from {{ ref('fct_opportunity_lines') }} as opportunity_lines

),

lines as (

    select
        opportunity_id,
        article_id as product_id,
        min(sku) as sku,
        min(product_name) as name,
        sum(amount_base) as amount_base
    from opportunity_lines
    where article_id is not null
    group by opportunity_id, article_id

),

with_lines as (

    select distinct opportunity_id
    from lines

),

-- lines say what each product is worth; without any the whole is that of the one product named
offered as (

    select
        opportunities.opportunity_id,
        opportunities.is_closed,
        opportunities.is_won,
        lines.product_id,
        lines.sku,
        lines.name,
        lines.amount_base
    from opportunities
    inner join lines
        on opportunities.opportunity_id = lines.opportunity_id

    union all by name

    select
        opportunities.opportunity_id,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.product_id,
        opportunities.amount_base
    from opportunities
    left join with_lines
        on opportunities.opportunity_id = with_lines.opportunity_id
    where opportunities.product_id is not null and with_lines.opportunity_id is null

),

counted as (

    select
        product_id,
        min(sku) as sku,
        min(name) as name,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_closed and not is_won) as lost_count,
        count(*) filter (where not is_closed) as open_count,
        sum(amount_base) filter (where is_won) as won_value_base,
        sum(amount_base) filter (where not is_closed) as open_value_base
    from offered
    group by product_id

)

select * from counted
