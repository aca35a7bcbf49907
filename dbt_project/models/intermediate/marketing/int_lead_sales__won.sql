-- Grain: one row per won opportunity that a lead became; for the oldest lead of several.
with

leads as (

    select * from {{ ref('int_leads__attributed') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

won as (

    select
        opportunities.opportunity_id,
        leads.source_to_sale_id,
        leads.is_costed,
        opportunities.customer_id,
        opportunities.amount_base,
        opportunities.closed_at
    from leads
    inner join opportunities
        on leads.converted_opportunity_id = opportunities.opportunity_id
    where opportunities.is_won
    qualify row_number() over (
        partition by opportunities.opportunity_id
        order by leads.entered_at, leads.lead_id
    ) = 1

)

select * from won
