-- Grain: one row per cell of source_to_sale whose campaign has a known cost.
with

cells as (

    select
        source_to_sale_id,
        campaign_id,
        cohort_month,
        lead_source,
        lead_type,
        campaign_cost_base,
        count(*) as lead_count
    from {{ ref('int_leads__attributed') }}
    where is_costed
    group by
        source_to_sale_id,
        campaign_id,
        cohort_month,
        lead_source,
        lead_type,
        campaign_cost_base

),

running as (

    select
        *,
        cast(sum(lead_count) over (
            partition by campaign_id
            order by cohort_month, lead_source, lead_type
            rows between unbounded preceding and current row
        ) as bigint) as leads_until,
        cast(sum(lead_count) over (partition by campaign_id) as bigint) as leads_total
    from cells

),

-- differences of rounded running totals: the parts close to the cost of the campaign exactly
spread as (

    select
        source_to_sale_id,
        try_cast(
            try_cast(campaign_cost_base * leads_until / leads_total as decimal(18, 4))
            - try_cast(
                campaign_cost_base * (leads_until - lead_count) / leads_total as decimal(18, 4)
            ) as decimal(18, 4)
        ) as spend_base
    from running

)

select * from spread
