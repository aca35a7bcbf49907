-- Grain: one row per closed opportunity, as it was when it was first known, with what was done
-- about it early on.
with

first_versions as (

    select *
    from {{ source('raw', 'opportunity') }}
    where not is_deleted and merged_into_ref is null
    qualify row_number() over (
        partition by record_key
        order by recorded_at asc nulls last, file asc, position asc, record_hash asc
    ) = 1

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where is_closed

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

values_at_creation as (

    select
        opportunity_id,
        max(case when field = 'amount_base' then try_cast(new_value as decimal(18, 4)) end)
            as amount_base,
        max(case when field = 'owner' then new_value end) as owner_id
    from {{ ref('int_opportunity_changes') }}
    where change_index = 1 and field in ('amount_base', 'owner')
    group by opportunity_id

),

-- only what happened early: a deal that takes long sees more of everything
early_steps as (

    select
        opportunities.opportunity_id,
        bool_or(steps.step = 'meeting') as has_meeting,
        bool_or(steps.step in ('phone in', 'phone out')) as has_call,
        bool_or(steps.step = 'email out') as has_email,
        bool_or(steps.step = 'email in') as has_email_reply,
        bool_or(steps.step = 'web visit') as has_web_visit
    from opportunities
    inner join {{ ref('int_sales_plays__steps') }} as steps
        on
            opportunities.opportunity_id = steps.opportunity_id
            and opportunities.created_at
            > steps.started_at - interval '{{ var("early_activity_days") }}' day
    group by opportunities.opportunity_id

),

described as (

    select
        opportunities.opportunity_id as record_id,
        opportunities.is_won as is_converted,
        coalesce(first_versions.recorded_at > opportunities.closed_at, false) as is_known_late,
        first_versions.lead_source,
        first_versions.type as opportunity_type,
        coalesce(first_versions.pipeline, 'default') as pipeline,
        first_versions.product_ref as product,
        case when first_versions.campaign_ref is null then 'no' else 'yes' end as has_campaign,
        accounts.industry as account_industry,
        {{ company_size('accounts.number_of_employees') }} as company_size,
        agents.team as owner_team,
        case
            when values_at_creation.amount_base >= 1
                then
                    'from '
                    || cast(
                        cast(pow(10, floor(log10(values_at_creation.amount_base))) as bigint)
                        as varchar
                    )
        end as amount,
        {% for activity in ['meeting', 'call', 'email', 'email_reply', 'web_visit'] -%}
            case when early_steps.has_{{ activity }} then 'yes' else 'no' end
                as early_{{ activity }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from opportunities

    inner join first_versions
        on opportunities.opportunity_id = first_versions.record_key

    left join values_at_creation
        on opportunities.opportunity_id = values_at_creation.opportunity_id

    left join early_steps
        on opportunities.opportunity_id = early_steps.opportunity_id

    left join accounts
        on first_versions.account_ref = accounts.account_id

    left join agents
        on values_at_creation.owner_id = agents.agent_id

)

select * from described
